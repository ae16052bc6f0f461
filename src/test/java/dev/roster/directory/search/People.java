package dev.roster.directory.search;

import dev.roster.testing.Database;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Users as rows, for what no request makes so quickly, or lets lie so far back. */
final class People {

    private People() {}

    /** A word that nobody else's name holds. */
    static String mark() {
        StringBuilder mark = new StringBuilder("q");
        ThreadLocalRandom.current().ints(11, 'a', 'z' + 1).forEach(mark::appendCodePoint);
        return mark.toString();
    }

    /** A user with this name, and an address that holds no part of it. */
    static UUID person(String name) {
        UUID id = UUID.randomUUID();
        insert(id, name, id + "@people.example", null, Instant.now());
        return id;
    }

    static UUID person(String name, String email, String username) {
        UUID id = UUID.randomUUID();
        insert(id, name, email, username, Instant.now());
        return id;
    }

    static UUID createdAt(String name, Instant createdAt) {
        UUID id = UUID.randomUUID();
        insert(id, name, id + "@people.example", null, createdAt);
        return id;
    }

    private static void insert(
            UUID id, String name, String email, String username, Instant createdAt) {
        Database.update(
                "INSERT INTO users (id, name, email, username, created_at, updated_at) VALUES (?,"
                        + " ?, ?, ?, CAST(? AS timestamptz), CAST(? AS timestamptz))",
                id,
                name,
                email,
                username,
                createdAt.toString(),
                createdAt.toString());
    }

    /** Sets a column of a user. */
    static void set(UUID id, String column, Object value) {
        Database.update("UPDATE users SET " + column + " = ? WHERE id = ?", value, id);
    }

    static void grant(UUID id, String role) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                id,
                role);
    }

    /** A role that allows this much; its name. */
    static String role(String... permissions) {
        String name = mark();
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (gen_random_uuid(), ?, ?)",
                name,
                permissions);
        return name;
    }

    /** A group in another one, or null for in none; its slug is the name. */
    static UUID group(String name, UUID parent) {
        UUID id = UUID.randomUUID();
        Database.update(
                "INSERT INTO groups (id, name, slug, parent_id) VALUES (?, ?, ?, ?)",
                id,
                name,
                name,
                parent);
        return id;
    }

    static void join(UUID id, UUID group) {
        Database.update(
                "INSERT INTO memberships (id, group_id, user_id, roles) VALUES"
                        + " (gen_random_uuid(), ?, ?, '{member}')",
                group,
                id);
    }

    static void profile(UUID id, LocalDate birthDate, String locale, String attributes) {
        Database.update(
                "INSERT INTO user_profiles (user_id, birth_date, locale, attributes) VALUES (?, ?,"
                        + " ?, CAST(? AS jsonb))",
                id,
                birthDate,
                locale,
                attributes);
    }

    /** A session that was renewed last at this time. */
    static void seen(UUID id, Instant at, String impersonatedBy) {
        Database.update(
                "INSERT INTO sessions (id, user_id, token_digest, expires_at, updated_at,"
                        + " impersonated_by) VALUES (gen_random_uuid(), ?,"
                        + " sha256(CAST(gen_random_uuid()::text AS bytea)), now(), CAST(? AS"
                        + " timestamptz), ?)",
                id,
                at.toString(),
                impersonatedBy);
    }
}
