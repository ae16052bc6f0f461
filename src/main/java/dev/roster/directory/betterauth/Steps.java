package dev.roster.directory.betterauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.twofactor.BackupCodes;
import dev.roster.accounts.twofactor.TwoFactor;
import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.directory.betterauth.Step.References;
import dev.roster.directory.betterauth.Step.Verdict;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.http.ClientAddress;
import dev.roster.platform.http.RequestContext;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.Numbers;
import dev.roster.platform.json.Text;
import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.EmailAddress;
import dev.roster.users.Profile;
import dev.roster.users.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/** The tables in the order in which they depend on each other. */
final class Steps {

    private static final Pattern ROLE_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

    private static final Pattern PHONE = Pattern.compile("\\+[1-9]\\d{6,14}");
    private static final int SESSION_TOKEN = 32;
    private static final ObjectMapper JSON = Numbers.exact(new ObjectMapper());

    private static final Set<String> STATUSES =
            new TreeSet<>(Set.of("pending", "accepted", "rejected", "canceled"));

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

    private static final String TRUSTED_DEVICE = "trust-device-";
    private static final Map<String, String> USER = Map.of("userId", "users");
    private static final String NO_USER = "its user was not taken over";
    private static final String NO_ORGANIZATION = "its organization was not taken over";

    private final PasswordHasher hasher;
    private final SecretBox box;
    private final BackupCodes backupCodes;
    private final BetterAuthSecrets secrets;
    private final TakenValues values;
    private final Instant now;

    Steps(
            PasswordHasher hasher,
            SecretBox box,
            BackupCodes backupCodes,
            BetterAuthSecrets secrets,
            TakenValues values,
            Instant now) {
        this.hasher = hasher;
        this.box = box;
        this.backupCodes = backupCodes;
        this.secrets = secrets;
        this.values = values;
        this.now = now;
    }

    List<Step> all() {
        return List.of(
                users(),
                accounts(),
                secondFactors(),
                sessions(),
                verifications(),
                organizations(),
                members(),
                teams(),
                teamMembers(),
                invitations(),
                apiKeys());
    }

    private Step users() {
        return new Step(
                "user",
                Set.of("id", "name", "email", "emailVerified", "createdAt", "updatedAt"),
                Map.of(),
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
                    WHEN EXISTS (SELECT FROM users u WHERE u.email_key = lower(s.email COLLATE "C") AND (u.deleted_at IS NULL OR u.address_held))
                        THEN 'its e-mail address has another account here'
                    WHEN EXISTS (SELECT FROM users u WHERE u.username = s.username AND (u.deleted_at IS NULL OR u.address_held))
                        THEN 'its user name has another account here'
                    ELSE 'its e-mail address or user name is there twice'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict user(ObjectNode from, ObjectNode to, References references) {
        String email = EmailAddress.parse(from.path("email").asText()).orElse(null);
        if (email == null) {
            return Verdict.refused("its e-mail address is not valid");
        }
        for (String column : List.of("name", "image", "username", "displayUsername", "banReason")) {
            if (from.hasNonNull(column) && !Text.isStorable(from.get(column).asText())) {
                return Verdict.refused(column + " holds characters that are not text");
            }
        }
        if (from.path("id").asText().length() > ImportableEntity.MAX_EXTERNAL_ID) {
            return Verdict.refused(
                    "its id has more than " + ImportableEntity.MAX_EXTERNAL_ID + " characters");
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
        values.user(to);
        times(from, to);
        return Verdict.TAKEN;
    }

    /** The granted roles of a user; the one that everybody has is not granted. */
    static List<String> roles(ObjectNode user) {
        return named(user)
                .filter(role -> ROLE_NAME.matcher(role).matches())
                .filter(role -> !role.equals(User.DEFAULT_ROLE))
                .toList();
    }

    /** The roles of a user whose names cannot be those of roles here. */
    static List<String> unusableRoles(ObjectNode user) {
        return named(user).filter(role -> !ROLE_NAME.matcher(role).matches()).toList();
    }

    private static Stream<String> named(ObjectNode user) {
        return Arrays.stream(user.path("role").asText("").split(","))
                .map(String::trim)
                .filter(role -> !role.isEmpty())
                .distinct();
    }

    private Step accounts() {
        return new Step(
                "account",
                Set.of("id", "accountId", "providerId", "userId", "password"),
                USER,
                this::account,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid,
                        provider_id text, account_id text, password_hash text, scopes text[], provider_tokens text,
                        created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO credentials (id, user_id, provider_id, account_id, password_hash, scopes, provider_tokens,
                        created_at, updated_at)
                    SELECT id, user_id, provider_id, account_id, password_hash, coalesce(scopes, '{}'),
                        decode(provider_tokens, 'hex'), created_at, updated_at
                    FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN EXISTS (SELECT FROM credentials c WHERE c.provider_id = s.provider_id AND c.account_id = s.account_id
                        AND c.user_id = s.user_id) THEN 'present'
                    ELSE 'another user has this account of the provider'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict account(ObjectNode from, ObjectNode to, References references) {
        UUID id = newId();
        to.put("id", id.toString());
        if (refer(from, "userId", "users", to, "user_id", references).isEmpty()) {
            return Verdict.refused(NO_USER);
        }
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
                USER,
                this::session,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid,
                        token_digest text, remember boolean, ip_address text, user_agent text, expires_at timestamptz,
                        impersonated_by text, active_organization_id text, active_team_id text,
                        created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO sessions (id, user_id, token_digest, remember, ip_address, user_agent, expires_at,
                        impersonated_by, active_organization_id, active_team_id, created_at, updated_at)
                    SELECT id, user_id, decode(token_digest, 'hex'), remember, ip_address, user_agent, expires_at,
                        impersonated_by, active_organization_id, active_team_id, created_at, updated_at
                    FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    ELSE 'present'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict session(ObjectNode from, ObjectNode to, References references) {
        if (expired(from)) {
            return Verdict.leftOut("expired");
        }
        String token = from.path("token").asText();
        if (token.length() != SESSION_TOKEN) {
            return Verdict.refused("its token is not one of 32 characters");
        }
        if (refer(from, "userId", "users", to, "user_id", references).isEmpty()) {
            return Verdict.refused(NO_USER);
        }
        to.put("id", newId().toString());
        to.put("token_digest", hex(Digests.sha256(token)));
        Instant expiresAt = Instant.parse(from.get("expiresAt").asText());
        Instant updatedAt = Instant.parse(from.get("updatedAt").asText());
        to.put("remember", Duration.between(updatedAt, expiresAt).compareTo(UNREMEMBERED) > 0);
        to.put("ip_address", ClientAddress.network(from.path("ipAddress").asText("")));
        to.put("user_agent", RequestContext.shortened(from.path("userAgent").asText("")));
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
                Map.of("value", "users"),
                this::verification,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid,
                        purpose text, token_digest text, expires_at timestamptz, created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO verifications (id, purpose, user_id, token_digest, expires_at, created_at, updated_at)
                    SELECT id, purpose, user_id, decode(token_digest, 'hex'), expires_at, created_at, updated_at
                    FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    ELSE 'present'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict verification(ObjectNode from, ObjectNode to, References references) {
        if (expired(from)) {
            return Verdict.leftOut("expired");
        }
        String identifier = from.path("identifier").asText();
        Purpose purpose = null;
        String token = null;
        for (Map.Entry<String, Purpose> kind : VERIFICATIONS.entrySet()) {
            if (identifier.startsWith(kind.getKey())) {
                purpose = kind.getValue();
                token = identifier.substring(kind.getKey().length());
            }
        }
        if (identifier.startsWith(TRUSTED_DEVICE)) {
            purpose = Purpose.TRUSTED_DEVICE;
            token = secrets.trustCookie(from.path("value").asText(), identifier);
        }
        if (purpose == null) {
            return Verdict.leftOut("good for minutes: asked for again by whoever needs it");
        }
        if (refer(from, "value", "users", to, "user_id", references).isEmpty()) {
            return Verdict.refused(NO_USER);
        }
        to.put("id", newId().toString());
        to.put("purpose", purpose.name());
        to.put("token_digest", hex(Digests.sha256(token)));
        copy(from, "expiresAt", to, "expires_at");
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step secondFactors() {
        return new Step(
                "twoFactor",
                Set.of("id", "secret", "backupCodes", "userId"),
                USER,
                this::secondFactor,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, user_id uuid, secret text,
                        confirmed boolean, backup_codes text[], failed_attempts integer, locked_until timestamptz)
                ), made AS (
                    INSERT INTO two_factors (id, user_id, secret, confirmed, backup_codes, failed_attempts, locked_until)
                    SELECT id, user_id, decode(secret, 'hex'), confirmed, backup_codes, failed_attempts, locked_until FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE WHEN made.id IS NULL THEN 'present' END AS reason FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict secondFactor(ObjectNode from, ObjectNode to, References references) {
        Optional<UUID> user = refer(from, "userId", "users", to, "user_id", references);
        if (user.isEmpty()) {
            return Verdict.refused(NO_USER);
        }
        Optional<String> secret = secrets.open(from.path("secret").asText());
        if (secret.isEmpty()) {
            return Verdict.refused(
                    "its secret does not open by ROSTER_IMPORT_SECRET: its user signs in by mailed"
                            + " codes alone");
        }
        to.put("id", newId().toString());
        to.put("secret", hex(box.seal(secret.get(), TwoFactor.secretContext(user.get()))));
        // a column that came with 1.7; who had a second factor before had shown a code
        to.put("confirmed", from.path("verified").asBoolean(true));
        ArrayNode digests = to.putArray("backup_codes");
        backupCodes(from.path("backupCodes").asText())
                .forEach(code -> digests.add(backupCodes.digest(user.get(), code)));
        to.put("failed_attempts", from.path("failedVerificationCount").asInt());
        copy(from, "lockedUntil", to, "locked_until");
        return Verdict.TAKEN;
    }

    /** The codes, which the server keeps encrypted or, when so configured, as they are. */
    private List<String> backupCodes(String stored) {
        List<String> codes = new ArrayList<>();
        JsonNode read = json(secrets.open(stored).orElse(stored));
        if (read != null && read.isArray()) {
            read.forEach(code -> codes.add(code.asText()));
        }
        return codes;
    }

    private Step organizations() {
        return new Step(
                "organization",
                Set.of("id", "name", "slug"),
                Map.of(),
                this::organization,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, name text,
                        slug text, logo text, metadata jsonb, created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO groups (id, external_id, name, slug, logo, metadata, created_at, updated_at)
                    SELECT id, external_id, name, slug, logo, metadata, created_at, updated_at FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN EXISTS (SELECT FROM groups g WHERE g.external_id = s.external_id)
                        OR s.external_id IS NULL AND EXISTS (SELECT FROM groups g WHERE g.id = s.id) THEN 'present'
                    ELSE 'its slug is taken here'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict organization(ObjectNode from, ObjectNode to, References references) {
        identify(from, to);
        copy(from, "name", to, "name");
        copy(from, "slug", to, "slug");
        copy(from, "logo", to, "logo");
        JsonNode metadata = json(from.path("metadata").asText(""));
        if (metadata != null && !metadata.isNull()) {
            to.set("metadata", metadata);
        } else if (!from.path("metadata").asText("").isEmpty() && from.hasNonNull("metadata")) {
            return Verdict.refused("its metadata is not JSON that can be stored");
        }
        Optional<String> slug = values.slugFault(from.path("slug").asText(""));
        if (slug.isPresent()) {
            return Verdict.refused("its slug " + slug.get());
        }
        values.organization(to);
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step members() {
        return new Step(
                "member",
                Set.of("id", "organizationId", "userId", "role"),
                Map.of("userId", "users", "organizationId", "groups"),
                this::member,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, group_id uuid,
                        user_id uuid, roles text[], created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO memberships (id, external_id, group_id, user_id, roles, created_at, updated_at)
                    SELECT id, external_id, group_id, user_id, roles, created_at, updated_at FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN EXISTS (SELECT FROM memberships m WHERE m.external_id = s.external_id)
                        OR s.external_id IS NULL AND EXISTS (SELECT FROM memberships m WHERE m.id = s.id) THEN 'present'
                    ELSE 'its user is a member twice'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict member(ObjectNode from, ObjectNode to, References references) {
        identify(from, to);
        if (refer(from, "userId", "users", to, "user_id", references).isEmpty()) {
            return Verdict.refused(NO_USER);
        }
        if (refer(from, "organizationId", "groups", to, "group_id", references).isEmpty()) {
            return Verdict.refused(NO_ORGANIZATION);
        }
        list(from, "role", to, "roles");
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step teams() {
        return new Step(
                "team",
                Set.of("id", "name", "organizationId"),
                Map.of("organizationId", "groups"),
                this::team,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, group_id uuid,
                        name text, created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO teams (id, external_id, group_id, name, created_at, updated_at)
                    SELECT id, external_id, group_id, name, created_at, updated_at FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE WHEN made.id IS NULL THEN 'present' END AS reason FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict team(ObjectNode from, ObjectNode to, References references) {
        identify(from, to);
        if (refer(from, "organizationId", "groups", to, "group_id", references).isEmpty()) {
            return Verdict.refused(NO_ORGANIZATION);
        }
        copy(from, "name", to, "name");
        values.team(to);
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step teamMembers() {
        return new Step(
                "teamMember",
                Set.of("id", "teamId", "userId"),
                Map.of("teamId", "teams", "userId", "users"),
                this::teamMember,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, team_id uuid,
                        user_id uuid, created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO team_memberships (id, external_id, team_id, membership_id, created_at, updated_at)
                    SELECT s.id, s.external_id, s.team_id, m.id, s.created_at, s.updated_at
                    FROM s JOIN teams t ON t.id = s.team_id
                        JOIN memberships m ON m.group_id = t.group_id AND m.user_id = s.user_id
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE
                    WHEN made.id IS NOT NULL THEN NULL
                    WHEN EXISTS (SELECT FROM team_memberships m WHERE m.external_id = s.external_id)
                        OR s.external_id IS NULL AND EXISTS (SELECT FROM team_memberships m WHERE m.id = s.id) THEN 'present'
                    ELSE 'its user is no member of the organization, or in the team twice'
                END AS reason
                FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict teamMember(ObjectNode from, ObjectNode to, References references) {
        identify(from, to);
        if (refer(from, "userId", "users", to, "user_id", references).isEmpty()) {
            return Verdict.refused(NO_USER);
        }
        if (refer(from, "teamId", "teams", to, "team_id", references).isEmpty()) {
            return Verdict.refused("its team was not taken over");
        }
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step invitations() {
        return new Step(
                "invitation",
                Set.of("id", "organizationId", "email", "status", "expiresAt", "inviterId"),
                Map.of("organizationId", "groups", "inviterId", "users"),
                this::invitation,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, group_id uuid,
                        inviter_id uuid, email text, roles text[], team_ids text[], status text, expires_at timestamptz,
                        created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO invitations (id, external_id, group_id, inviter_id, email, roles, team_ids, status, expires_at,
                        created_at, updated_at)
                    SELECT id, external_id, group_id, inviter_id, email, roles, team_ids, status, expires_at, created_at,
                        updated_at FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE WHEN made.id IS NULL THEN 'present' END AS reason FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict invitation(ObjectNode from, ObjectNode to, References references) {
        identify(from, to);
        if (refer(from, "organizationId", "groups", to, "group_id", references).isEmpty()) {
            return Verdict.refused(NO_ORGANIZATION);
        }
        if (refer(from, "inviterId", "users", to, "inviter_id", references).isEmpty()) {
            return Verdict.refused("who invited was not taken over");
        }
        Optional<String> email = EmailAddress.parse(from.path("email").asText());
        if (email.isEmpty()) {
            return Verdict.refused("its e-mail address is not valid");
        }
        String status = from.path("status").asText();
        if (!STATUSES.contains(status)) {
            return Verdict.refused("its status is none of " + STATUSES);
        }
        to.put("email", email.get());
        to.put("status", status);
        list(from, "role", to, "roles");
        list(from, "teamId", to, "team_ids");
        copy(from, "expiresAt", to, "expires_at");
        times(from, to);
        return Verdict.TAKEN;
    }

    private Step apiKeys() {
        return new Step(
                "apikey",
                Set.of("id", "referenceId", "key"),
                Map.of("referenceId", "users"),
                this::apiKey,
                """
                WITH s AS (
                    SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ref text, id uuid, external_id text, user_id uuid,
                        config_id text, name text, start text, prefix text, key_digest text, enabled boolean,
                        expires_at timestamptz, remaining integer, refill_amount integer, refill_interval bigint,
                        last_refill_at timestamptz, rate_limit_enabled boolean, rate_limit_time_window bigint,
                        rate_limit_max integer, request_count integer, last_request_at timestamptz, permissions jsonb,
                        metadata jsonb, created_at timestamptz, updated_at timestamptz)
                ), made AS (
                    INSERT INTO api_keys (id, external_id, user_id, config_id, name, start, prefix, key_digest, enabled,
                        expires_at, remaining, refill_amount, refill_interval, last_refill_at, rate_limit_enabled,
                        rate_limit_time_window, rate_limit_max, request_count, last_request_at, permissions, metadata,
                        created_at, updated_at)
                    SELECT id, external_id, user_id, coalesce(config_id, 'default'), name, start, prefix,
                        decode(key_digest, 'hex'), enabled, expires_at, remaining, refill_amount, refill_interval,
                        last_refill_at, rate_limit_enabled, rate_limit_time_window, rate_limit_max,
                        coalesce(request_count, 0), last_request_at, permissions, metadata, created_at, updated_at FROM s
                    ON CONFLICT DO NOTHING RETURNING id
                )
                SELECT s.ref, CASE WHEN made.id IS NULL THEN 'present' END AS reason FROM s LEFT JOIN made USING (id)
                """);
    }

    private Verdict apiKey(ObjectNode from, ObjectNode to, References references) {
        identify(from, to);
        if (from.hasNonNull("expiresAt") && expired(from)) {
            return Verdict.leftOut("expired");
        }
        if (refer(from, "referenceId", "users", to, "user_id", references).isEmpty()) {
            return Verdict.refused("its owner is no user who was taken over");
        }
        byte[] digest;
        try {
            digest = Base64.getUrlDecoder().decode(from.path("key").asText());
        } catch (IllegalArgumentException e) {
            digest = new byte[0];
        }
        if (digest.length != 32) {
            return Verdict.refused("its key is not stored as a SHA-256 digest");
        }
        JsonNode permissions = json(from.path("permissions").asText(""));
        if (permissions != null && !permissions.isNull() && !permissions.isObject()) {
            return Verdict.refused("its permissions are not a JSON object");
        }
        to.put("key_digest", hex(digest));
        to.put("enabled", from.path("enabled").asBoolean(true));
        to.put("rate_limit_enabled", from.path("rateLimitEnabled").asBoolean(true));
        Map.of(
                        "configId", "config_id",
                        "name", "name",
                        "start", "start",
                        "prefix", "prefix",
                        "expiresAt", "expires_at",
                        "remaining", "remaining",
                        "refillAmount", "refill_amount",
                        "refillInterval", "refill_interval",
                        "lastRefillAt", "last_refill_at",
                        "requestCount", "request_count")
                .forEach((column, name) -> copy(from, column, to, name));
        copy(from, "rateLimitTimeWindow", to, "rate_limit_time_window");
        copy(from, "rateLimitMax", to, "rate_limit_max");
        copy(from, "lastRequest", to, "last_request_at");
        if (permissions != null && permissions.isObject()) {
            to.set("permissions", permissions);
        }
        JsonNode metadata = json(from.path("metadata").asText(""));
        if (metadata != null && !metadata.isNull()) {
            to.set("metadata", metadata);
        }
        values.apiKey(to);
        times(from, to);
        return Verdict.TAKEN;
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

    /** Writes our id of what a column names; empty where there is no such row. */
    private static Optional<UUID> refer(
            ObjectNode from,
            String column,
            String table,
            ObjectNode to,
            String name,
            References references) {
        Optional<UUID> id = references.find(table, from.path(column).asText(""));
        id.ifPresent(found -> to.put(name, found.toString()));
        return id;
    }

    /** A comma-separated list as an array. */
    private static void list(ObjectNode from, String column, ObjectNode to, String name) {
        ArrayNode values = to.putArray(name);
        if (from.hasNonNull(column)) {
            Arrays.stream(from.get(column).asText().split(","))
                    .map(String::trim)
                    .filter(value -> !value.isEmpty())
                    .forEach(values::add);
        }
    }

    /** Null for what is no JSON. */
    private static JsonNode json(String text) {
        try {
            JsonNode value = text.isEmpty() || text.equals("null") ? null : JSON.readTree(text);
            // or one row would stop the takeover, each time at the same place
            Documents.requireStorable(JSON.createObjectNode().set("value", value));
            return value;
        } catch (JsonProcessingException | ProblemException e) {
            return null;
        }
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
