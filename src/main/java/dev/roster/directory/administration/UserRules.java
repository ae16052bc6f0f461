package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.admin.UserAdministration.Edit;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.Username;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the bodies of administrators ask for, as changes of a user; 400 for what no user can be. */
@ApplicationScoped
class UserRules {

    private final UsernameRules usernames;
    private final Documents documents;

    UserRules(UsernameRules usernames, Documents documents) {
        this.usernames = usernames;
        this.documents = documents;
    }

    /** The address as it is to be stored. */
    String email(String given) {
        return EmailAddress.parse(given)
                .orElseThrow(() -> ProblemException.invalid("email", "must be an e-mail address"));
    }

    /** The name that somebody typed; none for null. */
    Username username(String given, String display) {
        if (given == null) {
            return new Username(null, display);
        }
        usernames
                .faultOf(given)
                .ifPresent(
                        fault -> {
                            throw ProblemException.invalid("username", fault);
                        });
        return new Username(UsernameRules.key(given), display == null ? given : display);
    }

    /** What a new user is to be besides its name and address. */
    Users.Change ofNew(NewUser body) {
        Username username = username(body.username(), body.displayUsername());
        return new Users.Change(
                Optional.empty(),
                Optional.ofNullable(body.image()).map(Optional::of),
                Optional.empty(),
                body.isVerified() ? Optional.of(true) : Optional.empty(),
                none -> username,
                Optional.of(body.status()),
                Optional.empty());
    }

    /** A merge patch as far as it differs from what is stored. */
    Edit patched(User user, ObjectNode patch) {
        AdministeredUserDocument before = AdministeredUserDocument.of(user);
        AdministeredUserDocument after =
                documents.patch(before, patch, AdministeredUserDocument.class);
        Optional<String> email =
                changed(before.email(), after.email()).map(Optional::orElseThrow).map(this::email);
        boolean another =
                email.filter(it -> !EmailAddress.key(it).equals(EmailAddress.key(user.email)))
                        .isPresent();
        boolean verified = after.emailVerified() && (!another || patch.has("emailVerified"));
        UnaryOperator<Username> rename =
                changed(before.username(), after.username()).isPresent()
                                || changed(before.displayUsername(), after.displayUsername())
                                        .isPresent()
                        ? renamed(before, after, patch)
                        : UnaryOperator.identity();
        List<String> roles = after.roles() == null ? List.of() : after.roles();
        return new Edit(
                new Users.Change(
                        changed(before.name(), after.name()).map(Optional::orElseThrow),
                        changed(before.image(), after.image()),
                        email,
                        verified == before.emailVerified()
                                ? Optional.empty()
                                : Optional.of(verified),
                        rename,
                        changed(before.status(), after.status()).map(Optional::orElseThrow),
                        Optional.empty()),
                patch.has("roles") && !roles.equals(before.roles())
                        ? Optional.of(roles.isEmpty() ? List.of(User.DEFAULT_ROLE) : roles)
                        : Optional.empty());
    }

    private UnaryOperator<Username> renamed(
            AdministeredUserDocument before, AdministeredUserDocument after, ObjectNode patch) {
        if (Objects.equals(before.username(), after.username())) {
            return stored -> new Username(stored.username(), after.displayUsername());
        }
        Username username =
                username(
                        after.username(),
                        patch.has("displayUsername") ? after.displayUsername() : null);
        return stored -> username;
    }

    /** Empty for what stays as it is. */
    private static Optional<Optional<String>> changed(String before, String after) {
        return Objects.equals(before, after)
                ? Optional.empty()
                : Optional.of(Optional.ofNullable(after));
    }
}
