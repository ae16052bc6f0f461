package dev.roster.users;

import java.util.UUID;

/**
 * The deletion of a user was taken back. Observed in the same transaction, so that what {@link
 * UserDeleted} took comes back with the user or not at all.
 *
 * @param actor who did it
 */
public record UserRestored(UUID userId, UUID actor) {}
