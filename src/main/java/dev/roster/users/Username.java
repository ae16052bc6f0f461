package dev.roster.users;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What a user is called besides its address; either part may be null.
 *
 * @param username lower case, unique among users who are not deleted; the user can sign in by it
 * @param displayUsername as others see it
 */
@RegisterForReflection
public record Username(String username, String displayUsername) {

    public static final Username NONE = new Username(null, null);

    static Username of(User user) {
        return new Username(user.username, user.displayUsername);
    }
}
