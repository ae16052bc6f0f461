package dev.roster.users;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Users were marked as deleted, or are about to end for good. Observed in the same transaction, so
 * that what the features above keep of them goes with them or not at all; by a fixed number of
 * statements, however many they are.
 *
 * @param actor who did it; the user itself, an administrator, or null for the service
 * @param forGood false where {@link UserRestored} can follow
 */
public record UserDeleted(Collection<UUID> userIds, UUID actor, boolean forGood) {

    /** One was marked. */
    UserDeleted(UUID userId, UUID actor) {
        this(List.of(userId), actor, false);
    }
}
