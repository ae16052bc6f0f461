package dev.roster.accounts.bootstrap;

import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.signup.SignUp;
import dev.roster.platform.http.HttpConfig;
import dev.roster.users.User;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** In dev mode alone: sample users, and the first three things to try. */
@ApplicationScoped
@IfBuildProfile("dev")
class DevelopmentUsers {

    private static final Logger LOG = Logger.getLogger(DevelopmentUsers.class);

    private final DevelopmentConfig config;
    private final HttpConfig http;
    private final SignUp signUp;
    private final PasswordHasher hasher;

    DevelopmentUsers(
            DevelopmentConfig config, HttpConfig http, SignUp signUp, PasswordHasher hasher) {
        this.config = config;
        this.http = http;
        this.signUp = signUp;
        this.hasher = hasher;
    }

    @ActivateRequestContext
    void onStart(@Observes @Priority(FirstAdministrator.PRIORITY + 1) StartupEvent started) {
        Map<String, String> users = config.users();
        String password = config.password().orElseThrow();
        List<String> missing =
                users.keySet().stream()
                        .filter(email -> User.count("email = ?1 and deletedAt is null", email) == 0)
                        .sorted()
                        .toList();
        for (String email : missing) {
            signUp.create(
                    new SignUp.NewAccount(users.get(email), email, null, hasher.hash(password)),
                    false,
                    false);
        }
        String sample = users.keySet().stream().sorted().findFirst().orElseThrow();
        LOG.infof(
                """
                Roster is ready for you. Try:

                curl -sc /tmp/roster.cookies %1$s/api/auth/sign-in/email -H 'Content-Type: application/json' -d '{"email":"%2$s","password":"%3$s"}'
                curl -sb /tmp/roster.cookies %1$s/api/v1/me
                curl -sb /tmp/roster.cookies -X PATCH %1$s/api/v1/me/profile -H 'Origin: %1$s' -H 'Content-Type: application/merge-patch+json' -H 'If-Match: *' -d '{"firstName":"Ada","timezone":"Europe/London"}'

                The administrator is admin@example.com, the password of everyone is %3$s. Swagger UI: %1$s/q/swagger-ui, Dev UI: %1$s/q/dev-ui
                """,
                http.baseUrl(), sample, password);
    }
}
