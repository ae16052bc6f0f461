package dev.roster.accounts.betterauth;

/** The answer of the endpoints that have nothing to say but that it is done. */
public record Status(boolean status) {

    public static final Status DONE = new Status(true);
}
