package dev.roster.platform.persistence;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Why a database that is there cannot be used, with the statement that would help. Waiting changes
 * nothing about it, so the start ends at once and before anything in the database has changed.
 */
final class DatabaseRefusal {

    private static final Pattern SEARCH_PATH =
            Pattern.compile("(?:-c\\s*|--)search_path=((?:\\\\.|[^\\s])+)");

    private final String variable;
    private final Properties properties;
    private final String role;

    /**
     * @param variable the environment variable that names this database
     */
    DatabaseRefusal(String variable, String url, Properties given) {
        this.variable = variable;
        Properties parsed = Driver.parseURL(url, given);
        properties = parsed == null ? given : parsed;
        role = String.valueOf(PGProperty.USER.getOrDefault(properties));
    }

    /** Fails where it is of no use to try the connection that failed again. */
    void requireAway(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        String message = String.valueOf(failure.getMessage());
        boolean parameter = message.contains("unsupported startup parameter");
        boolean certificate =
                Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                        .anyMatch(
                                cause ->
                                        cause instanceof CertificateException
                                                || cause instanceof CertPathValidatorException
                                                || cause instanceof FileNotFoundException
                                                || cause instanceof NoSuchFileException);
        boolean away =
                state.equals("null")
                        || state.startsWith("08") && !state.equals("08004")
                        || state.startsWith("53")
                        || state.startsWith("57P")
                        || state.startsWith("58")
                        || state.startsWith("XX");
        if (parameter || certificate || !away) {
            throw refusal(
                    "names a server that refuses the role "
                            + role
                            + ": "
                            + message
                            + help(state, parameter));
        }
    }

    private String help(String state, boolean parameter) {
        if (parameter) {
            return ". The pooler does not pass this parameter on: leave it out of the URL, and for a"
                    + " schema run "
                    + setSearchPath(asked().orElse("roster"));
        }
        return switch (state) {
            case "3D000" -> ". Run CREATE DATABASE " + name(database()) + " OWNER " + name(role);
            case "42501" ->
                    ". Run GRANT CONNECT ON DATABASE " + name(database()) + " TO " + name(role);
            default -> "";
        };
    }

    /** Requires that the connection is in the schema that the URL asks for. */
    void requireSchema(Connection connection) throws SQLException {
        Optional<String> asked = asked();
        String path = text(connection, "SELECT current_setting('search_path')");
        if (asked.isEmpty() || first(path).equals(asked.get())) {
            return;
        }
        throw refusal(
                "asks for the schema "
                        + asked.get()
                        + ", and the connection has the search_path "
                        + path
                        + ": a pooler drops the parameter. Run "
                        + setSearchPath(asked.get()));
    }

    /** Requires a database that takes writes. */
    void requireWritable(Connection connection) throws SQLException {
        if (!isTrue(connection, "SELECT current_setting('transaction_read_only')::boolean")) {
            return;
        }
        throw refusal(
                isTrue(connection, "SELECT pg_is_in_recovery()")
                        ? "names a replica, which takes no writes: name the primary server, or run"
                                + " SELECT pg_promote() on this one"
                        : "names a database that takes no writes. Run ALTER ROLE "
                                + name(role)
                                + " IN DATABASE "
                                + name(database())
                                + " SET default_transaction_read_only = off");
    }

    /** Requires what a migration of existing tables needs: to be their owner, and to create. */
    void requireOwner(Connection connection) throws SQLException {
        String owner =
                text(
                        connection,
                        "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid IN"
                                + " (to_regclass('flyway_schema_history'), to_regclass('users'))"
                                + " AND NOT pg_has_role(relowner, 'USAGE') LIMIT 1");
        if (owner != null) {
            throw refusal(
                    "has migrations to run, and the tables belong to the role "
                            + owner
                            + ". Set ROSTER_DATABASE_OWNER_URL to a URL of that role, or run GRANT "
                            + name(owner)
                            + " TO "
                            + name(role));
        }
        requireCreate(connection);
    }

    /**
     * Requires what the first migration needs: a schema, the right to create in it, and the
     * extension, wherever it is.
     */
    void requireRights(Connection connection) throws SQLException {
        String schema = text(connection, "SELECT current_schema()");
        if (schema == null) {
            String wanted =
                    asked().orElse(
                                    first(
                                            text(
                                                    connection,
                                                    "SELECT current_setting('search_path')")));
            throw refusal(
                    "has no schema that the role "
                            + role
                            + " may use. Run CREATE SCHEMA "
                            + name(wanted)
                            + " AUTHORIZATION "
                            + name(role)
                            + ", or if it is there GRANT USAGE, CREATE ON SCHEMA "
                            + name(wanted)
                            + " TO "
                            + name(role));
        }
        if (!isTrue(connection, "SELECT to_regclass('flyway_schema_history') IS NULL")) {
            return;
        }
        requireCreate(connection);
        requireExtension(connection, schema);
    }

    private void requireCreate(Connection connection) throws SQLException {
        if (!isTrue(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')")) {
            String schema = text(connection, "SELECT current_schema()");
            throw refusal(
                    "has migrations to run, and the role "
                            + role
                            + " may not create tables in the schema "
                            + schema
                            + ". Run GRANT USAGE, CREATE ON SCHEMA "
                            + name(schema)
                            + " TO "
                            + name(role)
                            + ", or set ROSTER_DATABASE_OWNER_URL");
        }
    }

    private void requireExtension(Connection connection, String schema) throws SQLException {
        String there =
                text(
                        connection,
                        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid ="
                                + " e.extnamespace WHERE e.extname = 'pg_trgm'");
        if (there != null) {
            if (!isTrue(connection, "SELECT has_schema_privilege(?, 'USAGE')", there)) {
                throw refusal(
                        "has the extension pg_trgm in the schema "
                                + there
                                + ", which the role "
                                + role
                                + " may not use. Run GRANT USAGE ON SCHEMA "
                                + name(there)
                                + " TO "
                                + name(role));
            }
            return;
        }
        if (!isTrue(
                connection,
                "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')")) {
            throw refusal(
                    "is on a server without the extension pg_trgm: install PostgreSQL's contrib"
                            + " package there");
        }
        if (!isTrue(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")) {
            throw refusal(
                    "has no extension pg_trgm, and the role "
                            + role
                            + " may not create it. Run in this database, as its owner, CREATE"
                            + " EXTENSION pg_trgm SCHEMA "
                            + name(schema));
        }
    }

    /** The schema that the URL names, by {@code currentSchema} or in {@code options}. */
    private Optional<String> asked() {
        String schema = PGProperty.CURRENT_SCHEMA.getOrDefault(properties);
        if (schema == null) {
            Matcher option =
                    SEARCH_PATH.matcher(
                            Optional.ofNullable(PGProperty.OPTIONS.getOrDefault(properties))
                                    .orElse(""));
            schema = option.find() ? option.group(1) : null;
        }
        return Optional.ofNullable(schema).map(DatabaseRefusal::first);
    }

    /** The first name of a search path, as the server compares it. */
    private static String first(String path) {
        String name = path.split(",", 2)[0].strip();
        return name.startsWith("\"") && name.endsWith("\"") && name.length() > 1
                ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                : name;
    }

    private String setSearchPath(String schema) {
        return "ALTER ROLE "
                + name(role)
                + " IN DATABASE "
                + name(database())
                + " SET search_path = "
                + name(schema);
    }

    private String database() {
        return String.valueOf(PGProperty.PG_DBNAME.getOrDefault(properties));
    }

    private static String name(String identifier) {
        return identifier.matches("[a-z_][a-z0-9_]*")
                ? identifier
                : "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    private ConfigurationException refusal(String what) {
        return new ConfigurationException(variable + " " + what);
    }

    private static boolean isTrue(Connection connection, String query, String... values)
            throws SQLException {
        return "t".equals(text(connection, query, values));
    }

    private static String text(Connection connection, String query, String... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }
}
