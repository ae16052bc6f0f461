package dev.roster.directory.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.directory.betterauth.Step.Verdict;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.http.ClientAddress;
import dev.roster.platform.json.Text;
import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.users.EmailAddress;
import dev.roster.users.Profile;
import dev.roster.users.User;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/** The tables in the order in which they depend on each other. */
final class Steps {

    static final Pattern ROLE_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

    private static final Pattern PHONE = Pattern.compile("\\+[1-9]\\d{6,14}");
    private static final int SESSION_TOKEN = 32;

    /** A session begun without "remember me" lasts a day and is never put off. */
    private static final Duration UNREMEMBERED = Duration.ofHours(25);

    /** The columns of "user" that have a place of their own here; the others become attributes. */
    private static final Set<String> USER_COLUMNS =
            Set.of(
                    "id",
                    "name",
                    "email",
                    "emailVerified",
                    "image",
                    "createdAt",
                    "updatedAt",
                    "username",
                    "displayUsername",
                    "role",
                    "banned",
                    "banReason",
                    "banExpires",
                    "twoFactorEnabled",
                    "isAnonymous",
                    "phoneNumber");

    /** Which identifiers of "verification" are tokens that are worth keeping. */
    private static final Map<String, Purpose> VERIFICATIONS =
            Map.of(
                    "reset-password:", Purpose.RESET_PASSWORD,
                    "delete-account-", Purpose.DELETE_USER);

    /**
     * Finds the user whom a row names, by our own id or by the one it was imported with; used
     * behind a FROM clause with the mapped rows as {@code s}.
     */
    private static final String OWNER =
            " LEFT JOIN users own ON own.id = s.user_id AND own.deleted_at IS NULL LEFT JOIN users"
                    + " old ON old.external_id = s.user_ref AND old.deleted_at IS NULL ";

    private final PasswordHasher hasher;
    private final SecretBox box;
    private final BetterAuthSecrets secrets;
    private final Instant now;

    Steps(PasswordHasher hasher, SecretBox box, BetterAuthSecrets secrets, Instant now) {
        this.hasher = hasher;
        this.box = box;
        this.secrets = secrets;
        this.now = now;
    }

    List<Step> all() {
        return List.of(users(), accounts(), sessions(), verifications());
    }

    private Step users() {
        return new Step(
                "user",
                Set.of("id", "name", "email", "emailVerified", "createdAt", "updatedAt"),
                this::user,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, name text,
                        email text, email_verified boolean, username text, display_username text, image text, banned boolean,
                        ban_reason text, ban_expires timestamptz, two_factor_enabled boolean, anonymous boolean, roles jsonb,
                        phone text, attributes jsonb, event uuid, created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO users (id, external_id, name, email, email_verified, username, display_username, image, banned,
                        ban_reason, ban_expires, two_factor_enabled, anonymous, created_at, updated_at)
                    SELECT id, external_id, name, email, email_verified, username, display_username, image, banned,
                        ban_reason, ban_expires, two_factor_enabled, anonymous, created_at, updated_at FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                ), profiles AS (
                    INSERT INTO user_profiles (user_id, phone, attributes)
                    SELECT s.id, decode(s.phone, 'hex'), s.attributes FROM s JOIN made USING (id)
                    WHERE s.phone IS NOT NULL OR s.attributes <> '{}'
                ), grants AS (
                    INSERT INTO role_grants (user_id, role_id)
                    SELECT DISTINCT s.id, r.id FROM s JOIN made USING (id)
                        CROSS JOIN jsonb_array_elements_text(s.roles) AS n (name) JOIN roles r ON r.name = n.name
                ), events AS (
                    INSERT INTO audit_events (id, occurred_at, action, target_type, target_id)
                    SELECT s.event, now(), 'user.imported', 'user', s.id FROM s JOIN made USING (id)
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN EXISTS (SELECT FROM users u WHERE u.external_id = s.external_id)
                        OR s.external_id IS NULL AND EXISTS (SELECT FROM users u WHERE u.id = s.id) THEN 'present'
                    WHEN EXISTS (SELECT FROM users u WHERE u.email_key = lower(s.email COLLATE "C") AND u.deleted_at IS NULL)
                        THEN 'its e-mail address has another account here'
                    WHEN EXISTS (SELECT FROM users u WHERE u.username = s.username AND u.deleted_at IS NULL)
                        THEN 'its user name has another account here'
                    ELSE 'its e-mail address or user name is there twice'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict user(ObjectNode from, ObjectNode to) {
        String email = EmailAddress.parse(from.path("email").asText()).orElse(null);
        if (email == null) {
            return Verdict.refused("its e-mail address is not valid");
        }
        for (String column : List.of("name", "image", "username", "displayUsername", "banReason")) {
            if (from.hasNonNull(column) && !Text.isStorable(from.get(column).asText())) {
                return Verdict.refused(column + " holds characters that are not text");
            }
        }
        UUID id = identify(from, to);
        to.put("name", from.path("name").asText(""));
        to.put("email", email);
        to.put("email_verified", from.path("emailVerified").asBoolean());
        copy(from, "username", to, "username");
        copy(from, "displayUsername", to, "display_username");
        copy(from, "image", to, "image");
        to.put("banned", from.path("banned").asBoolean());
        copy(from, "banReason", to, "ban_reason");
        copy(from, "banExpires", to, "ban_expires");
        to.put("two_factor_enabled", from.path("twoFactorEnabled").asBoolean());
        to.put("anonymous", from.path("isAnonymous").asBoolean());
        ArrayNode roles = to.putArray("roles");
        roles(from).forEach(roles::add);
        ObjectNode attributes = to.putObject("attributes");
        from.properties().stream()
                .filter(column -> !USER_COLUMNS.contains(column.getKey()))
                .filter(column -> !column.getValue().isNull())
                .forEach(column -> attributes.set(column.getKey(), column.getValue()));
        String phone = from.path("phoneNumber").asText("");
        if (PHONE.matcher(phone).matches()) {
            to.put("phone", hex(Profile.sealPhone(id, phone, box)));
        } else if (from.hasNonNull("phoneNumber")) {
            attributes.put("phoneNumber", phone);
        }
        to.put("event", newId().toString());
        times(from, to);
        return Verdict.TAKEN;
    }

    /** The granted roles of a user; the one that everybody has is not granted. */
    static List<String> roles(ObjectNode user) {
        return Arrays.stream(user.path("role").asText("").split(","))
                .map(String::trim)
                .filter(role -> ROLE_NAME.matcher(role).matches())
                .filter(role -> !role.equals(User.DEFAULT_ROLE))
                .toList();
    }

    private Step accounts() {
        return new Step(
                "account",
                Set.of("id", "accountId", "providerId", "userId", "password"),
                this::account,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid, user_ref text,
                        provider_id text, account_id text, password_hash text, scopes text[], provider_tokens text,
                        created_at timestamptz, updated_at timestamptz)
                ), owned AS (
                    SELECT s.*, coalesce(own.id, old.id) AS owner FROM s %s
                ), made AS (
                    INSERT INTO credentials (id, user_id, provider_id, account_id, password_hash, scopes, provider_tokens,
                        created_at, updated_at)
                    SELECT id, owner, provider_id, account_id, password_hash, coalesce(scopes, '{}'),
                        decode(provider_tokens, 'hex'), created_at, updated_at
                    FROM owned WHERE owner IS NOT NULL
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT o.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN o.owner IS NULL THEN 'its user was not taken over'
                    WHEN EXISTS (SELECT FROM credentials c WHERE c.provider_id = o.provider_id AND c.account_id = o.account_id
                        AND c.user_id = o.owner) THEN 'present'
                    ELSE 'another user has this account of the provider'
                END AS reason
                FROM owned o LEFT JOIN made USING (id)
                """
                        .formatted(OWNER));
    }

    private Verdict account(ObjectNode from, ObjectNode to) {
        UUID id = newId();
        to.put("id", id.toString());
        owner(from, to);
        boolean password = from.path("providerId").asText().equals(Credential.PASSWORD_PROVIDER);
        if (password) {
            if (!from.hasNonNull("password")) {
                return Verdict.refused("it has no password");
            }
            if (!hasher.understands(from.get("password").asText())) {
                return Verdict.refused("its password hash is of an unknown kind");
            }
            copy(from, "password", to, "password_hash");
        }
        copy(from, "providerId", to, "provider_id");
        copy(from, "accountId", to, "account_id");
        ArrayNode scopes = to.putArray("scopes");
        Arrays.stream(from.path("scope").asText("").split("[,\\s]+"))
                .filter(scope -> !scope.isEmpty())
                .forEach(scopes::add);
        ObjectNode tokens = JsonNodeFactory.instance.objectNode();
        for (String name :
                List.of(
                        "accessToken",
                        "refreshToken",
                        "idToken",
                        "accessTokenExpiresAt",
                        "refreshTokenExpiresAt")) {
            if (from.hasNonNull(name)) {
                tokens.set(name, from.get(name));
            }
        }
        if (!tokens.isEmpty()) {
            to.put(
                    "provider_tokens",
                    hex(box.seal(tokens.toString(), Credential.tokensContext(id))));
        }
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step sessions() {
        return new Step(
                "session",
                Set.of("id", "token", "userId", "expiresAt", "createdAt", "updatedAt"),
                this::session,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid, user_ref text,
                        token_digest text, remember boolean, ip_address text, user_agent text, expires_at timestamptz,
                        impersonated_by text, active_organization_id text, active_team_id text,
                        created_at timestamptz, updated_at timestamptz)
                ), owned AS (
                    SELECT s.*, coalesce(own.id, old.id) AS owner FROM s %s
                ), made AS (
                    INSERT INTO sessions (id, user_id, token_digest, remember, ip_address, user_agent, expires_at,
                        impersonated_by, active_organization_id, active_team_id, created_at, updated_at)
                    SELECT id, owner, decode(token_digest, 'hex'), remember, ip_address, user_agent, expires_at,
                        impersonated_by, active_organization_id, active_team_id, created_at, updated_at
                    FROM owned WHERE owner IS NOT NULL
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT o.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN o.owner IS NULL THEN 'its user was not taken over'
                    ELSE 'present'
                END AS reason
                FROM owned o LEFT JOIN made USING (id)
                """
                        .formatted(OWNER));
    }

    private Verdict session(ObjectNode from, ObjectNode to) {
        if (expired(from)) {
            return Verdict.leftOut("expired");
        }
        String token = from.path("token").asText();
        if (token.length() != SESSION_TOKEN) {
            return Verdict.refused("its token is not one of 32 characters");
        }
        to.put("id", newId().toString());
        owner(from, to);
        to.put("token_digest", hex(Digests.sha256(token)));
        Instant expiresAt = Instant.parse(from.get("expiresAt").asText());
        Instant updatedAt = Instant.parse(from.get("updatedAt").asText());
        to.put("remember", Duration.between(updatedAt, expiresAt).compareTo(UNREMEMBERED) > 0);
        to.put("ip_address", ClientAddress.network(from.path("ipAddress").asText("")));
        to.put("user_agent", from.path("userAgent").asText(""));
        copy(from, "expiresAt", to, "expires_at");
        copy(from, "impersonatedBy", to, "impersonated_by");
        copy(from, "activeOrganizationId", to, "active_organization_id");
        copy(from, "activeTeamId", to, "active_team_id");
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step verifications() {
        return new Step(
                "verification",
                Set.of("id", "identifier", "value", "expiresAt"),
                this::verification,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid, user_ref text,
                        purpose text, token_digest text, expires_at timestamptz, created_at timestamptz, updated_at timestamptz)
                ), owned AS (
                    SELECT s.*, coalesce(own.id, old.id) AS owner FROM s %s
                ), made AS (
                    INSERT INTO verifications (id, purpose, user_id, token_digest, expires_at, created_at, updated_at)
                    SELECT id, purpose, owner, decode(token_digest, 'hex'), expires_at, created_at, updated_at
                    FROM owned WHERE owner IS NOT NULL
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT o.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN o.owner IS NULL THEN 'its user was not taken over'
                    ELSE 'present'
                END AS reason
                FROM owned o LEFT JOIN made USING (id)
                """
                        .formatted(OWNER));
    }

    private Verdict verification(ObjectNode from, ObjectNode to) {
        if (expired(from)) {
            return Verdict.leftOut("expired");
        }
        String identifier = from.path("identifier").asText();
        for (Map.Entry<String, Purpose> kind : VERIFICATIONS.entrySet()) {
            if (identifier.startsWith(kind.getKey())) {
                to.put("id", newId().toString());
                to.put("purpose", kind.getValue().name());
                to.put(
                        "token_digest",
                        hex(Digests.sha256(identifier.substring(kind.getKey().length()))));
                reference(from.get("value"), to, "user");
                copy(from, "expiresAt", to, "expires_at");
                times(from, to);
                return Verdict.TAKEN;
            }
        }
        return Verdict.leftOut("minutes old at most: asked for again by whoever needs it");
    }

    private boolean expired(ObjectNode row) {
        return !row.hasNonNull("expiresAt")
                || !Instant.parse(row.get("expiresAt").asText()).isAfter(now);
    }

    /**
     * Keeps an id that is one of ours in form, and gives every other row a new one beside its own.
     */
    private static UUID identify(ObjectNode from, ObjectNode to) {
        String given = from.get("id").asText();
        UUID id = ImportableEntity.ownId(given).orElseGet(Steps::newId);
        to.put("id", id.toString());
        to.put("external_id", id.toString().equals(given) ? null : given);
        return id;
    }

    private static void owner(ObjectNode from, ObjectNode to) {
        reference(from.get("userId"), to, "user");
    }

    /** What a row refers to: {@code name_id} for an id in our form, else {@code name_ref}. */
    private static void reference(JsonNode id, ObjectNode to, String name) {
        String text = id == null ? "" : id.asText();
        boolean own = ImportableEntity.ownId(text).isPresent();
        to.put(own ? name + "_id" : name + "_ref", text);
    }

    private static void copy(ObjectNode from, String column, ObjectNode to, String name) {
        if (from.hasNonNull(column)) {
            to.put(name, from.get(column).asText());
        }
    }

    /** Sources that lack one of the two, as some adapters do, count as unchanged since. */
    private void times(ObjectNode from, ObjectNode to) {
        String created = from.path("createdAt").asText("null");
        String updated = from.path("updatedAt").asText("null");
        to.put("created_at", created.equals("null") ? now.toString() : created);
        to.put("updated_at", updated.equals("null") ? to.get("created_at").asText() : updated);
    }

    private static UUID newId() {
        return UuidVersion7Strategy.INSTANCE.generateUuid(null);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
