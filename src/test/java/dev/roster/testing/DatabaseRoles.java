package dev.roster.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The roles as README.md has an operator make them, by the very statements it shows. */
public final class DatabaseRoles {

    public static final String OWNER = "roster_owner";
    public static final String APPLICATION = "roster_app";
    public static final String READER = "roster_read";

    /** The database that the statements make. */
    public static final String DATABASE = "roster";

    private static final Pattern BLOCK =
            Pattern.compile("## Database roles.*?```sql\\n(.*?)```", Pattern.DOTALL);

    private DatabaseRoles() {}

    /**
     * Makes the roles and their database.
     *
     * @param server as its administrator
     */
    public static void create(Connection server) throws SQLException {
        try (Statement statement = server.createStatement()) {
            for (String sql : documented().split(";\\s*\\n")) {
                statement.execute(sql);
            }
        }
    }

    /** The password that the statements give to a role. */
    public static String password(String role) {
        Matcher matcher =
                Pattern.compile("CREATE ROLE " + role + " LOGIN PASSWORD '(.*?)'")
                        .matcher(documented());
        if (!matcher.find()) {
            throw new AssertionError(role);
        }
        return matcher.group(1);
    }

    private static String documented() {
        try {
            Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
            if (!block.find()) {
                throw new AssertionError("README.md shows no statements");
            }
            return block.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
