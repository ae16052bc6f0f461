package dev.roster.accounts.signin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.roster.accounts.betterauth.AuthUser;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The answer of a sign-in by password; no {@code url} without a callbackURL. */
@RegisterForReflection
public record SignedInUser(
        boolean redirect,
        String token,
        @JsonInclude(JsonInclude.Include.NON_NULL) String url,
        AuthUser user) {

    /**
     * @param callbackUrl where the client goes next; null for nowhere
     */
    public static SignedInUser of(SignIn.Result result, String callbackUrl) {
        return new SignedInUser(
                callbackUrl != null, result.token(), callbackUrl, AuthUser.of(result.user()));
    }
}
