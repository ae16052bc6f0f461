package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Role;
import dev.roster.accounts.password.PasswordHasher;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.json.Documents;
import dev.roster.platform.persistence.ImportableEntity;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.EmailAddress;
import dev.roster.users.Profile;
import dev.roster.users.ProfileDocument;
import dev.roster.users.User;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import dev.roster.users.Users;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/**
 * What a row has to keep to: the rules of the API, in the API's words. What only the database
 * knows, such as whose address it is, is asked by {@link ImportJob}.
 */
@ApplicationScoped
class RowRules {

    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final Set<String> STATUSES = Set.of(User.STATUS_ACTIVE, User.STATUS_INVITED);

    private final Validator validator;
    private final UsernameRules usernames;
    private final PasswordHasher hasher;
    private final SecretBox box;
    private final Attributes attributes;
    private final Clock clock;

    RowRules(
            Validator validator,
            UsernameRules usernames,
            PasswordHasher hasher,
            SecretBox box,
            Attributes attributes,
            Clock clock) {
        this.validator = validator;
        this.usernames = usernames;
        this.hasher = hasher;
        this.box = box;
        this.attributes = attributes;
        this.clock = clock;
    }

    /**
     * The user that a row tells of, or its faults.
     *
     * @param roles what is wrong with giving a role of this name, empty for nothing
     */
    UserRow read(ObjectNode row, RoleRules roles) {
        UserRow user = new UserRow();
        for (Map.Entry<String, JsonNode> member : row.properties()) {
            if (!UserColumns.isMember(member.getKey())) {
                user.fault(shortened(member.getKey()), "is unknown");
            }
        }
        try {
            Documents.requireStorable(row);
        } catch (ProblemException e) {
            e.violations().forEach(v -> user.fault(shortened(v.field()), v.message()));
        }
        if (!user.faults.isEmpty()) {
            return user;
        }
        keys(row, user);
        identity(row, user);
        person(row, user);
        profile(row, user);
        belongings(row, user, roles);
        return user;
    }

    private static void keys(ObjectNode row, UserRow user) {
        user.userId = newId();
        String id = user.text(row, UserColumns.ID);
        if (id != null) {
            Optional<UUID> key = ImportableEntity.ownId(id.toLowerCase(Locale.ROOT));
            key.ifPresentOrElse(
                    given -> {
                        user.userId = given;
                        user.externalId = given.toString();
                        user.idGiven = true;
                    },
                    () ->
                            user.fault(
                                    UserColumns.ID,
                                    "must be a UUID; an id of another kind belongs in externalId"));
        }
        String externalId = user.text(row, UserColumns.EXTERNAL_ID);
        if (externalId == null) {
            return;
        }
        if (externalId.isBlank() || externalId.length() > ImportableEntity.MAX_EXTERNAL_ID) {
            user.fault(UserColumns.EXTERNAL_ID, "must have 1 to 255 characters");
        } else if (UserRow.isScientific(externalId)) {
            user.fault(
                    UserColumns.EXTERNAL_ID,
                    "must be the whole id",
                    row.get(UserColumns.EXTERNAL_ID));
        }
        // as in an import from Better Auth: one of our form becomes the key itself
        Optional<UUID> key = ImportableEntity.ownId(externalId);
        if (key.isPresent() && id == null) {
            user.userId = key.get();
        } else if (key.isPresent() && !key.get().equals(user.userId)) {
            user.fault(UserColumns.EXTERNAL_ID, "must not be a UUID other than id");
        }
        user.externalId = externalId;
    }

    private void identity(ObjectNode row, UserRow user) {
        JsonNode email = row.get(UserColumns.EMAIL);
        user.email =
                email != null && email.isTextual()
                        ? EmailAddress.parse(email.textValue()).orElse(null)
                        : null;
        if (user.email == null) {
            user.fault(UserColumns.EMAIL, "must be an e-mail address", email);
        }
        user.emailVerified = user.truth(row, UserColumns.EMAIL_VERIFIED);
        String username = user.text(row, UserColumns.USERNAME);
        if (username != null) {
            Optional<String> objection = usernames.objection(username);
            if (objection.isPresent()) {
                user.fault(UserColumns.USERNAME, objection.get());
            } else {
                Username chosen = UsernameRules.chosen(username);
                user.username = chosen.username();
                user.displayUsername = chosen.displayUsername();
            }
        }
        String displayed = user.text(row, UserColumns.DISPLAY_USERNAME);
        if (displayed != null) {
            user.displayUsername = displayed;
        }
        validate(new Username(user.username, user.displayUsername), row, user);
        user.passwordHash = user.text(row, UserColumns.PASSWORD_HASH);
        if (user.passwordHash != null) {
            user.credentialId = newId();
            if (!hasher.understands(user.passwordHash)) {
                user.fault(
                        UserColumns.PASSWORD_HASH,
                        "is no hash of a known kind, or one too costly to verify");
            }
        }
    }

    private void person(ObjectNode row, UserRow user) {
        UserDocument document =
                new UserDocument(
                        user.text(row, UserColumns.NAME), user.text(row, UserColumns.IMAGE));
        validate(document, row, user);
        user.name = document.name();
        user.image = document.image();
        String createdAt = user.text(row, UserColumns.CREATED_AT);
        if (createdAt != null) {
            user.createdAt = instant(createdAt, clock.instant());
            if (user.createdAt == null) {
                user.fault(
                        UserColumns.CREATED_AT,
                        "must be a past time such as 2024-05-01T12:00:00Z, from 1970 on",
                        row.get(UserColumns.CREATED_AT));
            }
        }
        standing(row, user);
    }

    /** Whether the user may come in. */
    private static void standing(ObjectNode row, UserRow user) {
        String status = user.text(row, UserColumns.STATUS);
        if (status != null) {
            user.status = status;
            if (!STATUSES.contains(status)) {
                user.fault(UserColumns.STATUS, "must be active or invited");
            }
        }
        user.banned = user.truth(row, UserColumns.BANNED);
        user.banReason = user.text(row, UserColumns.BAN_REASON);
        if (user.banReason != null && user.banReason.length() > Users.Ban.MAX_REASON) {
            user.fault(
                    UserColumns.BAN_REASON,
                    "must have at most " + Users.Ban.MAX_REASON + " characters");
        }
        String expires = user.text(row, UserColumns.BAN_EXPIRES);
        if (expires != null) {
            user.banExpires = instant(expires, LATEST);
            if (user.banExpires == null) {
                user.fault(
                        UserColumns.BAN_EXPIRES,
                        "must be a time such as 2024-05-01T12:00:00Z, from 1970 on",
                        row.get(UserColumns.BAN_EXPIRES));
            }
        }
        if (row.hasNonNull(UserColumns.DELETED_AT)) {
            user.fault(UserColumns.DELETED_AT, "must be empty: deleted users are not imported");
        }
    }

    private void profile(ObjectNode row, UserRow user) {
        if (UserColumns.PROFILE.stream().noneMatch(row::hasNonNull)) {
            return;
        }
        user.profile = true;
        String birthDate = user.text(row, "birthDate");
        LocalDate date = birthDate == null ? null : date(birthDate);
        if (birthDate != null && date == null) {
            user.fault("birthDate", "must be a date of the form YYYY-MM-DD", row.get("birthDate"));
        }
        ProfileDocument document =
                new ProfileDocument(
                        user.text(row, "firstName"),
                        user.text(row, "lastName"),
                        user.text(row, "bio"),
                        date,
                        user.text(row, "phone"),
                        user.text(row, "locale"),
                        user.text(row, "timezone"),
                        user.text(row, "website"));
        validate(document, row, user);
        user.firstName = document.firstName();
        user.lastName = document.lastName();
        user.bio = document.bio();
        user.birthDate = document.birthDate();
        user.locale = document.locale();
        user.timezone = document.timezone();
        user.website = document.website();
        if (document.phone() != null && user.faults.isEmpty()) {
            user.phone = Profile.sealPhone(user.userId, document.phone(), box);
        }
    }

    private void belongings(ObjectNode row, UserRow user, RoleRules roles) {
        user.roles =
                user.texts(row, UserColumns.ROLES).stream()
                        // what everybody is
                        .filter(role -> !role.equals(User.DEFAULT_ROLE))
                        .toList();
        for (String role : user.roles) {
            roles.objection(role).ifPresent(reason -> user.fault(UserColumns.ROLES, reason));
        }
        user.groups = user.texts(row, UserColumns.GROUPS);
        JsonNode given = row.get(UserColumns.ATTRIBUTES);
        if (given instanceof ObjectNode object) {
            // as null takes one away elsewhere
            object.properties().removeIf(member -> member.getValue().isNull());
            user.attributes = object;
            user.profile |= !object.isEmpty();
            if (Attributes.isTooLong(object)) {
                user.fault(UserColumns.ATTRIBUTES, Attributes.TOO_LONG);
                return;
            }
            attributes
                    .violations(AttributeCircle.ALL, object)
                    .forEach(v -> user.fault(shortened(v.field()), v.message()));
        } else if (given != null && !given.isNull()) {
            user.fault(UserColumns.ATTRIBUTES, "must be an object", given);
        }
    }

    private <T> void validate(T document, ObjectNode row, UserRow user) {
        for (ConstraintViolation<T> violation : validator.validate(document)) {
            String field = violation.getPropertyPath().toString();
            // a member of another type is a fault already
            if (user.faults.stream().anyMatch(fault -> fault.field().equals(field))) {
                continue;
            }
            if (violation.getInvalidValue() == null) {
                user.fault(field, "is missing");
            } else if (UserRow.isScientific(row.path(field).asText())) {
                // spreadsheets take a phone number for one
                user.fault(field, violation.getMessage(), row.get(field));
            } else {
                user.fault(field, violation.getMessage());
            }
        }
    }

    /** A time until {@code latest}; null for anything else. */
    private static Instant instant(String text, Instant latest) {
        try {
            Instant time =
                    DATE.matcher(text).matches()
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant();
            return time.isBefore(EARLIEST) || time.isAfter(latest) ? null : time;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static LocalDate date(String text) {
        try {
            // there is no year 0
            return DATE.matcher(text).matches() && !text.startsWith("0000")
                    ? LocalDate.parse(text)
                    : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** A name that a stranger chose, fit for a report. */
    private static String shortened(String name) {
        String printable = name.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > 100 ? printable.substring(0, 100) : printable;
    }

    static UUID newId() {
        return UuidVersion7Strategy.INSTANCE.generateUuid(null);
    }

    /** Which roles may be given. */
    interface RoleRules {

        /** Why it may not; empty where it may. */
        Optional<String> objection(String role);

        /** Those of these names that may be given by somebody with these permissions. */
        static RoleRules of(List<Role> roles, Set<String> permissions) {
            Map<String, Role> byName = new HashMap<>();
            roles.forEach(role -> byName.put(role.name, role));
            return name -> {
                Role role = byName.get(name);
                if (role == null) {
                    return Optional.of("names a role that does not exist");
                }
                return role.isWithin(permissions)
                        ? Optional.empty()
                        : Optional.of("names a role that allows more than you may");
            };
        }
    }
}
