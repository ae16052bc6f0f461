package dev.roster.accounts.signin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.twofactor.SecondFactor;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** What a sign-in by password answers, whatever names the user (contract, sections 9 and 10). */
@ApplicationScoped
public class SignInAnswer {

    private final Sessions sessions;
    private final SecondFactor secondFactor;
    private final HttpServerResponse response;

    SignInAnswer(Sessions sessions, SecondFactor secondFactor, HttpServerResponse response) {
        this.sessions = sessions;
        this.secondFactor = secondFactor;
        this.response = response;
    }

    /** A session began; no {@code url} without a callbackURL. */
    @RegisterForReflection
    public record SignedInUser(
            boolean redirect,
            String token,
            @JsonInclude(JsonInclude.Include.NON_NULL) String url,
            AuthUser user) {}

    /** No session began: the client goes on with one of the methods. */
    @RegisterForReflection
    public record SecondFactorNeeded(boolean twoFactorRedirect, List<String> twoFactorMethods) {}

    /**
     * The body of the answer, whose cookies and headers are set.
     *
     * @param callbackUrl where a client that signed in goes to, or null
     * @return {@link SignedInUser} or {@link SecondFactorNeeded}
     */
    public Object of(SignIn.Result result, boolean remember, String callbackUrl) {
        SecondFactor.Decision decision = result.secondFactor();
        if (decision.isPending()) {
            sessions.forgetToken(response);
            secondFactor.answer(decision);
            return new SecondFactorNeeded(true, decision.methods());
        }
        sessions.keep(response, result.token(), remember);
        secondFactor.answer(decision);
        if (callbackUrl != null) {
            response.putHeader("Location", callbackUrl);
        }
        return new SignedInUser(
                callbackUrl != null, result.token(), callbackUrl, AuthUser.of(result.user()));
    }
}
