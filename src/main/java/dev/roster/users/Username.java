package dev.roster.users;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Size;

/**
 * What a user is called besides its address; either part may be null.
 *
 * @param username lower case, unique among users who are not deleted; the user can sign in by it
 * @param displayUsername as others see it
 */
@RegisterForReflection
public record Username(String username, @Size(max = Username.MAX_DISPLAY) String displayUsername) {

    /** Characters of what others see. */
    public static final int MAX_DISPLAY = 100;

    public static final Username NONE = new Username(null, null);

    public static Username of(User user) {
        return new Username(user.username, user.displayUsername);
    }
}
