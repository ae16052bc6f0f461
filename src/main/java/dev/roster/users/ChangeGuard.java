package dev.roster.users;

import java.util.UUID;

/** Says whether somebody may change another user; what roles allow is known above this feature. */
public interface ChangeGuard {

    /**
     * Lets whoever may change the user pass, in the caller's transaction, to the end of which it
     * stays so.
     *
     * @throws dev.roster.platform.problem.ProblemException 403 otherwise, 404 for no such user
     */
    void requireChange(UUID actor, UUID user);
}
