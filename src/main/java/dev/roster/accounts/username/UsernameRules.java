package dev.roster.accounts.username;

import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.platform.persistence.DatabaseFailure;
import dev.roster.users.User;
import dev.roster.users.Username;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What user names may look like, and how a body tells one (contract, section 10). A name at fault
 * ends the request before other members at fault do (section 2).
 */
@ApplicationScoped
public class UsernameRules {

    private static final Pattern CHARACTERS = Pattern.compile("[a-zA-Z0-9_.]+");
    private static final int SET = 400;
    private static final int ASKED_FOR = 422;

    private final UsernameConfig config;
    private final boolean enabled;

    UsernameRules(UsernameConfig config, PluginsConfig plugins) {
        this.config = config;
        this.enabled = Plugin.USERNAME.isEnabled(plugins);
    }

    /**
     * The name that a new user chose. What is to be displayed and what is signed in by are taken
     * from each other where one is missing.
     *
     * @return none while the plugin is switched off
     * @throws AuthException 400 USERNAME_TOO_SHORT, USERNAME_TOO_LONG or INVALID_USERNAME
     */
    public Username ofSignUp(Fields fields) {
        if (!enabled) {
            return Username.NONE;
        }
        Optional<String> display = fields.nullableString("displayUsername");
        Optional<String> username =
                fields.has("username")
                        ? given(fields)
                        : display.filter(text -> fault(text) == null);
        return new Username(
                username.map(UsernameRules::key).orElse(null),
                display.filter(text -> username.isEmpty() || !text.isEmpty())
                        .or(() -> username)
                        .orElse(null));
    }

    /** What an update does to a user name. */
    public interface Change extends UnaryOperator<Username> {

        /** Whether the body said nothing of the user name. */
        boolean isNone();
    }

    private record Members(
            boolean username,
            String newUsername,
            boolean displayUsername,
            String newDisplayUsername)
            implements Change {

        @Override
        public boolean isNone() {
            return !username && !displayUsername;
        }

        @Override
        public Username apply(Username stored) {
            return new Username(
                    username ? newUsername : stored.username(),
                    displayUsername ? newDisplayUsername : stored.displayUsername());
        }
    }

    /**
     * What a user changes of its own name; null takes a part of it away.
     *
     * @throws AuthException 400 USERNAME_TOO_SHORT, USERNAME_TOO_LONG or INVALID_USERNAME
     */
    public Change ofUpdate(Fields fields) {
        if (!enabled) {
            return new Members(false, null, false, null);
        }
        return new Members(
                fields.has("username"),
                given(fields).map(UsernameRules::key).orElse(null),
                fields.has("displayUsername"),
                fields.nullableString("displayUsername").orElse(null));
    }

    /** What is wrong with a name, in words; empty where nothing is. */
    public Optional<String> faultOf(String username) {
        return Optional.ofNullable(fault(username)).map(UsernameError::message);
    }

    /**
     * Looks whether somebody has the name. Only the database can say for certain, see {@link
     * #refuseTaken}.
     *
     * @throws AuthException 400 USERNAME_IS_ALREADY_TAKEN
     */
    public void requireFree(Username chosen) {
        if (chosen.username() != null && User.existsByUsername(chosen.username())) {
            throw UsernameError.USERNAME_IS_ALREADY_TAKEN.exception();
        }
    }

    /**
     * Ends the request where what failed is that somebody has the name.
     *
     * @throws AuthException 400 USERNAME_IS_ALREADY_TAKEN
     */
    public void refuseTaken(PersistenceException failure) {
        if (DatabaseFailure.violatedConstraint(failure)
                .filter("users_username_key"::equals)
                .isPresent()) {
            throw UsernameError.USERNAME_IS_ALREADY_TAKEN.exception();
        }
    }

    /**
     * The name to look up for what somebody typed.
     *
     * @throws AuthException 422 USERNAME_TOO_SHORT, USERNAME_TOO_LONG or INVALID_USERNAME
     */
    public String lookUp(String username) {
        require(username, ASKED_FOR);
        return key(username);
    }

    /** Why a text can be no user name; empty where it can. */
    public Optional<String> objection(String username) {
        return Optional.ofNullable(fault(username)).map(UsernameError::message);
    }

    /** A name that {@link #objection} has nothing against, as it is stored. */
    public static Username chosen(String username) {
        return new Username(key(username), username);
    }

    private Optional<String> given(Fields fields) {
        Optional<String> username = fields.nullableString("username");
        if (fields.isText("username")) {
            require(username.orElseThrow(), SET);
        }
        return username;
    }

    private void require(String username, int status) {
        UsernameError fault = fault(username);
        if (fault != null) {
            throw fault.exception(status);
        }
    }

    private UsernameError fault(String username) {
        if (username.length() < config.minLength()) {
            return UsernameError.USERNAME_TOO_SHORT;
        }
        if (username.length() > config.maxLength()) {
            return UsernameError.USERNAME_TOO_LONG;
        }
        return CHARACTERS.matcher(username).matches() ? null : UsernameError.INVALID_USERNAME;
    }

    /** The form that names are stored in and signed in by. */
    public static String key(String username) {
        return username.toLowerCase(Locale.ROOT);
    }
}
