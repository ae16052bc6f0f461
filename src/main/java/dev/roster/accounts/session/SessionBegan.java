package dev.roster.accounts.session;

/** Happens in the transaction in which a session begins, the user's first or one of many. */
public record SessionBegan(Session session) {}
