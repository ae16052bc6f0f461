package dev.roster.users;

import java.util.UUID;

/**
 * A user was marked as deleted. Observed in the same transaction, so that what the features above
 * keep of the user goes with it or not at all.
 *
 * @param actor who did it; the user itself, or an administrator
 */
public record UserDeleted(UUID userId, UUID actor) {}
