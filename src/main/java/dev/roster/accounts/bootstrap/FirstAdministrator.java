package dev.roster.accounts.bootstrap;

import dev.roster.access.Role;
import dev.roster.access.RoleGrant;
import dev.roster.access.Roles;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.signup.SignUp;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.platform.persistence.Transactions;
import dev.roster.users.EmailAddress;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Makes the configured administrator when nobody has that role yet. */
@ApplicationScoped
class FirstAdministrator {

    /** Before {@link DevelopmentUsers}. */
    static final int PRIORITY = 1000;

    private static final Logger LOG = Logger.getLogger(FirstAdministrator.class);

    private final AdministratorConfig config;
    private final SignUp signUp;
    private final Roles roles;
    private final PasswordHasher hasher;

    FirstAdministrator(
            AdministratorConfig config, SignUp signUp, Roles roles, PasswordHasher hasher) {
        this.config = config;
        this.signUp = signUp;
        this.roles = roles;
        this.hasher = hasher;
    }

    @ActivateRequestContext
    void onStart(@Observes @Priority(PRIORITY) StartupEvent started) {
        if (config.email().isEmpty()
                || config.password().isEmpty()
                || RoleGrant.isHeld(Role.ADMIN)) {
            return;
        }
        Optional<String> email = EmailAddress.parse(config.email().get());
        if (email.isEmpty()) {
            LOG.error("ROSTER_ADMIN_EMAIL is not an e-mail address: no administrator was made");
            return;
        }
        String hash = hasher.hash(config.password().get());
        try {
            Transactions.requiringNew()
                    .run(
                            () ->
                                    roles.grant(
                                            signUp.create(
                                                            new SignUp.NewAccount(
                                                                    "Administrator",
                                                                    email.get(),
                                                                    null,
                                                                    hash),
                                                            false,
                                                            false)
                                                    .user(),
                                            Role.ADMIN,
                                            null));
            LOG.infof("Made the first administrator: %s", email.get());
        } catch (PersistenceException e) {
            if (DatabaseFailure.violatedConstraint(e).isEmpty()) {
                throw e;
            }
            // another replica was first, or a stranger signed up with the address: who that is
            // nobody has shown, so it gets no role
            LOG.warnf(
                    "No administrator was made: %s has an account already. Grant the role to it, or"
                            + " configure another address",
                    email.get());
        }
    }
}
