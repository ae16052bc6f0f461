package dev.roster.directory.person;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** Somebody of whom there is something in every table that can hold something of anybody. */
final class Person {

    final Caller caller;

    /** In its name, in texts of its own, and in what others wrote of it; nowhere else. */
    final String mark = "zq" + letters(UUID.randomUUID());

    final UUID group = UUID.randomUUID();
    final String elsewhere = "old-" + mark + "@example.com";

    Person() {
        caller = Caller.signUp();
        for (String name : List.of("Eda " + mark + "before", "Ada " + mark)) {
            Rest.patch(
                            caller,
                            "/api/v1/users/" + caller.id,
                            "*",
                            "{\"name\":\"%s\"}".formatted(name))
                    .then()
                    .statusCode(200);
        }
        Rest.replace(
                caller,
                "/api/v1/me/profile",
                "{\"bio\":\"%s\",\"phone\":\"+442079460000\",\"locale\":\"en-GB\"}"
                        .formatted(mark));
        Rest.replace(caller, "/api/v1/me/attributes", "{\"department\":\"%s\"}".formatted(mark));
        Rest.put(
                        caller,
                        "/api/v1/me/preferences/editor",
                        null,
                        "{\"theme\":\"%s\"}".formatted(mark))
                .then()
                .statusCode(201);
        Rest.body(caller.request(), Rest.JSON, "{\"name\":\"%s\"}".formatted(mark))
                .post("/api/auth/api-key/create")
                .then()
                .statusCode(200);
        Caller.signIn(caller.email, "not-the-password").then().statusCode(401);
        Database.update(
                "INSERT INTO two_factors (id, user_id, secret, confirmed, backup_codes) VALUES"
                        + " (gen_random_uuid(), ?, 'secret', true, '{a,b}')",
                caller.id);
        Database.update(
                "INSERT INTO groups (id, name, slug) VALUES (?, 'Engines', ?)",
                group,
                group.toString());
        Database.update(
                "WITH m AS (INSERT INTO memberships (id, group_id, user_id, roles) VALUES"
                        + " (gen_random_uuid(), ?, ?, '{owner}') RETURNING id), t AS (INSERT INTO teams"
                        + " (id, group_id, name) VALUES (gen_random_uuid(), ?, 'Looms') RETURNING id)"
                        + " INSERT INTO team_memberships (id, team_id, membership_id) SELECT"
                        + " gen_random_uuid(), t.id, m.id FROM t, m",
                group,
                caller.id,
                group);
        UUID invitation = UUID.randomUUID();
        Database.update(
                "INSERT INTO invitations (id, group_id, inviter_id, email, roles, expires_at) VALUES"
                        + " (?, ?, ?, ?, '{member}', now() + interval '1 day')",
                invitation,
                group,
                Caller.signUp().id,
                caller.email);
        event("invitation.created", UUID.randomUUID(), "invitation", invitation, caller.email);
        // one that is no longer there
        event(
                "invitation.created",
                UUID.randomUUID(),
                "invitation",
                UUID.randomUUID(),
                caller.email);
        Database.update(
                "INSERT INTO invitations (id, group_id, inviter_id, email, roles, expires_at) VALUES"
                        + " (gen_random_uuid(), ?, ?, 'friend@example.com', '{member}', now() +"
                        + " interval '1 day')",
                group,
                caller.id);
        Database.update(
                "INSERT INTO device_codes (id, device_code_digest, user_code_digest, user_id,"
                        + " client_id, status, expires_at) VALUES (gen_random_uuid(), sha256(?),"
                        + " sha256(?), ?, 'tv', 'PENDING', now() + interval '1 hour')",
                bytes(mark),
                bytes(mark),
                caller.id);
        Database.update(
                "INSERT INTO device_codes (id, device_code_digest, user_code_digest,"
                        + " requested_user_id, client_id, status, expires_at) VALUES"
                        + " (gen_random_uuid(), sha256(?), sha256(?), ?, 'radio', 'PENDING', now() +"
                        + " interval '1 hour')",
                bytes(mark + 2),
                bytes(mark + 2),
                caller.id.toString());
        Database.update(
                "INSERT INTO verifications (id, purpose, token_digest, payload, expires_at) VALUES"
                        + " (gen_random_uuid(), 'MAGIC_LINK', sha256(?), CAST(? AS jsonb), now() +"
                        + " interval '1 hour')",
                bytes(mark),
                "{\"email\":\"%s\"}".formatted(caller.email));
        Database.update(
                "INSERT INTO verifications (id, purpose, subject, token_digest, expires_at) VALUES"
                        + " (gen_random_uuid(), 'SIGN_IN_CODE', ?, sha256(?), now() + interval '1"
                        + " hour')",
                caller.email,
                bytes(mark));
        Database.update(
                "INSERT INTO verifications (id, purpose, user_id, token_digest, expires_at) VALUES"
                        + " (gen_random_uuid(), 'RESET_PASSWORD', ?, sha256(?), now() + interval '1"
                        + " hour')",
                caller.id,
                bytes(mark));
        for (String address : List.of(caller.email, elsewhere)) {
            Database.update(
                    "INSERT INTO mail_outbox (id, kind, recipient, next_attempt_at, sent_at) VALUES"
                            + " (gen_random_uuid(), 'WELCOME', ?, now(), now())",
                    address);
        }
        event("email.changed", caller.id, "user", caller.id, elsewhere);
        Database.update(
                "INSERT INTO sessions (id, user_id, token_digest, expires_at, impersonated_by)"
                        + " VALUES (gen_random_uuid(), ?, sha256(?), now() + interval '1 hour', ?)",
                Caller.signUp().id,
                bytes(mark),
                caller.id.toString());
        Database.update(
                "INSERT INTO idempotency_keys (caller_id, key, request_digest, status, answer)"
                        + " VALUES (?, ?, sha256(?), 201, '')",
                caller.id,
                mark,
                bytes(mark));
        Database.update(
                "INSERT INTO jobs (id, kind, permission, status, total, created_by) VALUES"
                        + " (gen_random_uuid(), 'test', 'users:import', 'done', 0, ?)",
                caller.id);
    }

    /** Has a user ask for another address, which is mailed a link: the address. */
    static String wants(Caller caller) {
        String wanted = Caller.newEmail();
        Rest.body(caller.request(), Rest.JSON, "{\"newEmail\":\"%s\"}".formatted(wanted))
                .post("/api/auth/change-email")
                .then()
                .statusCode(200);
        return wanted;
    }

    /** An event whose {@code after} tells an address. */
    private static void event(
            String action, UUID actor, String targetType, UUID target, String address) {
        Database.update(
                "INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type, target_id,"
                        + " after, ip_address, user_agent) VALUES (gen_random_uuid(), now(), ?, ?, ?,"
                        + " ?, CAST(? AS jsonb), '192.0.2.7', 'Loom/1.0')",
                action,
                actor,
                targetType,
                target,
                "{\"email\":\"%s\"}".formatted(address));
    }

    /** The tables in which a text stands, with the columns. */
    static TreeSet<String> traces(String text) {
        TreeSet<String> traces = new TreeSet<>();
        for (Map<String, Object> table :
                Database.query(
                        "SELECT c.relname AS t, array_to_string(array_agg(a.attname), ',') AS columns"
                                + " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE"
                                + " c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r',"
                                + " 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT"
                                + " a.attisdropped GROUP BY c.relname")) {
            String name = (String) table.get("t");
            // whole rows first: hardly any table needs a look at each of its columns
            if (isIn(name, "t", text)) {
                for (String column : ((String) table.get("columns")).split(",")) {
                    if (isIn(name, "t.\"" + column + "\"", text)) {
                        traces.add(name + "." + column);
                    }
                }
            }
        }
        return traces;
    }

    private static boolean isIn(String table, String expression, String text) {
        return !Database.query(
                        "SELECT FROM \"%s\" t WHERE position(lower(?) IN lower(%s::text)) > 0 LIMIT 1"
                                .formatted(table, expression),
                        text)
                .isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A word without digits, as those of names are. */
    private static String letters(UUID id) {
        StringBuilder letters = new StringBuilder();
        id.toString()
                .replace("-", "")
                .chars()
                .limit(20)
                .forEach(c -> letters.append((char) ('a' + Character.digit(c, 16))));
        return letters.toString();
    }
}
