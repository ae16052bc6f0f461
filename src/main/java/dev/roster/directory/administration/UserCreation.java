package dev.roster.directory.administration;

import dev.roster.accounts.admin.UserAdministration;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.User;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Makes an account with all that belongs to it, all or nothing. */
@ApplicationScoped
class UserCreation {

    private final UserAdministration administration;
    private final Users users;
    private final Attributes attributes;
    private final UserRules rules;

    UserCreation(
            UserAdministration administration,
            Users users,
            Attributes attributes,
            UserRules rules) {
        this.administration = administration;
        this.users = users;
        this.attributes = attributes;
        this.rules = rules;
    }

    /**
     * @throws dev.roster.platform.problem.ProblemException as {@link UserAdministration}, and 400
     *     for what no user can be
     */
    @Transactional
    User create(UUID actor, NewUser body) {
        User user =
                administration.create(
                        actor,
                        new UserAdministration.NewUser(
                                body.name(), rules.email(body.email()), body.grantedRoles()),
                        rules.ofNew(body));
        if (body.profile() != null) {
            users.makeProfile(user, body.profile(), actor);
        }
        if (body.attributes() != null) {
            attributes.replace(
                    user.id,
                    "*",
                    new Attributes.Writer(actor, AttributeCircle.ALL, AttributeCircle.ALL),
                    body.attributes());
        }
        if (body.wantsLink()) {
            administration.invite(user, body.redirectTo());
        }
        return user;
    }
}
