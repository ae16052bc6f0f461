package dev.roster.users;

import java.util.EnumSet;
import java.util.Set;

/** Who may see and write a custom attribute. */
public enum AttributeCircle {
    /** Seen by anyone who is signed in, written by the person and administrators. */
    PUBLIC,
    /** Seen and written by the person and administrators. */
    SELF,
    /** Seen and written by administrators alone. */
    ADMINISTRATORS;

    /** Those that a person has a say in. */
    public static final Set<AttributeCircle> PERSONAL = Set.copyOf(EnumSet.of(PUBLIC, SELF));

    public static final Set<AttributeCircle> ALL = Set.copyOf(EnumSet.allOf(AttributeCircle.class));
}
