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
    private static final int MAX_EXTERNAL_ID = 255;

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
        identity(row, user);
        person(row, user);
        profile(row, user);
        belongings(row, user, roles);
        return user;
    }

    private void identity(ObjectNode row, UserRow user) {
        user.userId = newId();
        String externalId = user.text(row, UserColumns.EXTERNAL_ID);
        if (externalId != null) {
            if (externalId.isBlank() || externalId.length() > MAX_EXTERNAL_ID) {
                user.fault(UserColumns.EXTERNAL_ID, "must have 1 to 255 characters");
            }
            // as in an import from Better Auth: one of our form becomes the key itself
            user.userId = ImportableEntity.ownId(externalId).orElse(user.userId);
            user.externalId = externalId;
        }
        String email = user.text(row, UserColumns.EMAIL);
        user.email = email == null ? null : EmailAddress.parse(email).orElse(null);
        if (user.email == null) {
            user.fault(UserColumns.EMAIL, "must be an e-mail address");
        }
        JsonNode verified = row.path(UserColumns.EMAIL_VERIFIED);
        if (verified.isBoolean()) {
            user.emailVerified = verified.booleanValue();
        } else if (row.hasNonNull(UserColumns.EMAIL_VERIFIED)) {
            user.fault(UserColumns.EMAIL_VERIFIED, "must be true or false");
        }
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
        validate(document, user);
        user.name = document.name();
        user.image = document.image();
        String createdAt = user.text(row, UserColumns.CREATED_AT);
        if (createdAt != null) {
            user.createdAt = instant(createdAt);
            if (user.createdAt == null) {
                user.fault(
                        UserColumns.CREATED_AT,
                        "must be a past time such as 2024-05-01T12:00:00Z, from 1970 on");
            }
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
            user.fault("birthDate", "must be a date of the form YYYY-MM-DD");
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
        validate(document, user);
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
            user.fault(UserColumns.ATTRIBUTES, "must be an object");
        }
    }

    private <T> void validate(T document, UserRow user) {
        for (ConstraintViolation<T> violation : validator.validate(document)) {
            String field = violation.getPropertyPath().toString();
            // a member of another type is a fault already
            if (user.faults.stream().noneMatch(fault -> fault.field().equals(field))) {
                user.fault(field, violation.getMessage());
            }
        }
    }

    private Instant instant(String text) {
        try {
            Instant time =
                    DATE.matcher(text).matches()
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant();
            return time.isBefore(EARLIEST) || time.isAfter(clock.instant()) ? null : time;
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
