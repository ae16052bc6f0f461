package dev.roster.access;

/** Some users may do less than before; fired in the transaction of the change. */
public record RolesChanged() {}
