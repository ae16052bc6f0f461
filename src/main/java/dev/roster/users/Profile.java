package dev.roster.users;

import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.persistence.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.generator.EventType;
import org.hibernate.type.SqlTypes;

/** What a person tells of itself: part of its {@link User}, made with the first change. */
@Entity
@Table(name = "user_profiles")
public class Profile extends BaseEntity {

    @Id
    @Column(name = "user_id")
    public UUID id;

    @MapsId
    @OneToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "user_id")
    public User user;

    @Column(name = "first_name")
    public String firstName;

    @Column(name = "last_name")
    public String lastName;

    /**
     * First and last name, kept by the database; null when there is neither. Read back after an
     * insert by itself and after an update by {@link #readBack}: RETURNING, which would do for
     * both, fails on a stale version without saying that it is one.
     */
    @Generated(event = EventType.INSERT)
    @Column(name = "full_name", insertable = false, updatable = false)
    public String fullName;

    public String bio;

    /** As it is: by java.sql.Date the days before the Gregorian calendar would shift. */
    @JdbcTypeCode(SqlTypes.LOCAL_DATE)
    @Column(name = "birth_date")
    public LocalDate birthDate;

    @Column(name = "phone")
    byte[] sealedPhone;

    public String locale;

    public String timezone;

    public String website;

    /** A JSON object of one object for each namespace. Written by {@link #putPreferences} alone. */
    @JdbcTypeCode(SqlTypes.JSON)
    @Column(nullable = false, updatable = false)
    public String preferences = "{}";

    /** A JSON object of custom attributes. Written by {@link #putAttributes} alone. */
    @JdbcTypeCode(SqlTypes.JSON)
    @Column(nullable = false, updatable = false)
    public String attributes = "{}";

    /** The language a user has chosen, a BCP 47 tag. */
    public static Optional<String> localeOf(UUID userId) {
        return getEntityManager()
                .createQuery("select locale from Profile where id = :id", String.class)
                .setParameter("id", userId)
                .getResultList()
                .stream()
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** The E.164 number, or null. */
    public String phone(SecretBox box) {
        return sealedPhone == null ? null : openPhone(user.id, sealedPhone, box);
    }

    /** Replaces everything a person may tell. */
    void apply(ProfileDocument document, SecretBox box) {
        firstName = document.firstName();
        lastName = document.lastName();
        bio = document.bio();
        birthDate = document.birthDate();
        locale = document.locale();
        timezone = document.timezone();
        website = document.website();
        // sealing is randomised: an unchanged number must not look changed
        if (document.phone() == null) {
            sealedPhone = null;
        } else if (!document.phone().equals(phone(box))) {
            sealedPhone = sealPhone(user.id, document.phone(), box);
        }
    }

    /** Stores the changes and reads what the database makes of them. */
    void readBack() {
        flush();
        getEntityManager().refresh(this);
    }

    /** A phone number as the column holds it; it opens in the row of this user alone. */
    public static byte[] sealPhone(UUID userId, String phone, SecretBox box) {
        return box.seal(phone, phoneContext(userId));
    }

    /** The number in such a column. */
    public static String openPhone(UUID userId, byte[] sealed, SecretBox box) {
        return box.open(sealed, phoneContext(userId));
    }

    private static String phoneContext(UUID userId) {
        return "user_profiles.phone:" + userId;
    }

    /**
     * The profile of a user who had none when last looked. Made by one statement that gives way to
     * whoever makes it at the same time; version 0 says that nothing has been told yet.
     */
    static Profile make(UUID userId, Instant now) {
        getEntityManager()
                .createNativeQuery(
                        "INSERT INTO user_profiles (user_id, created_at, updated_at) VALUES (:id,"
                                + " :now, :now) ON CONFLICT ON CONSTRAINT user_profiles_pkey DO"
                                + " NOTHING")
                .setParameter("id", userId)
                .setParameter("now", now)
                .executeUpdate();
        return findById(userId);
    }

    /** One namespace's JSON text as PostgreSQL writes it; empty when there is none. */
    static Optional<String> preferences(UUID userId, String namespace) {
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                "SELECT CAST(preferences -> :namespace AS text) FROM user_profiles"
                                        + " WHERE user_id = :id",
                                String.class)
                        .setParameter("namespace", namespace)
                        .setParameter("id", userId)
                        .getResultList();
        return rows.isEmpty() ? Optional.empty() : Optional.ofNullable((String) rows.get(0));
    }

    /**
     * One namespace of somebody's.
     *
     * @param text as PostgreSQL writes it; empty when there is none
     * @param namespaces how many there are in all
     */
    record LockedPreferences(Optional<String> text, int namespaces) {}

    /** The same, and nobody else changes the user or the profile until the transaction ends. */
    static LockedPreferences lockPreferences(UUID userId, String namespace) {
        User.lockRow(userId);
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                "SELECT CAST(preferences -> :namespace AS text), (SELECT"
                                        + " CAST(count(*) AS integer) FROM"
                                        + " jsonb_object_keys(preferences)) FROM user_profiles"
                                        + " WHERE user_id = :id",
                                Object[].class)
                        .setParameter("namespace", namespace)
                        .setParameter("id", userId)
                        .getResultList();
        if (rows.isEmpty()) {
            return new LockedPreferences(Optional.empty(), 0);
        }
        Object[] row = (Object[]) rows.get(0);
        return new LockedPreferences(Optional.ofNullable((String) row[0]), (Integer) row[1]);
    }

    /**
     * Sets one namespace, making the profile where there is none. The profile's version and time
     * stay: they tell of what {@link #apply} changes.
     *
     * @param old the text it replaces, empty for none
     * @return the JSON text as stored; empty where somebody else was faster
     */
    static Optional<String> putPreferences(
            UUID userId, String namespace, String old, String value, Instant now) {
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                """
                                INSERT INTO user_profiles (user_id, preferences, created_at, updated_at)
                                VALUES (:id, jsonb_build_object(CAST(:namespace AS text), CAST(:value AS jsonb)), :now, :now)
                                ON CONFLICT ON CONSTRAINT user_profiles_pkey DO UPDATE
                                SET preferences = user_profiles.preferences || excluded.preferences
                                WHERE coalesce(CAST(user_profiles.preferences -> :namespace AS text), '') = :old
                                RETURNING CAST(preferences -> :namespace AS text)
                                """,
                                String.class)
                        .setParameter("id", userId)
                        .setParameter("namespace", namespace)
                        .setParameter("value", value)
                        .setParameter("old", old)
                        .setParameter("now", now)
                        .getResultList();
        return rows.stream().findFirst().map(String.class::cast);
    }

    static void deletePreferences(UUID userId, String namespace) {
        getEntityManager()
                .createNativeQuery(
                        "UPDATE user_profiles SET preferences = preferences - CAST(:namespace AS"
                                + " text) WHERE user_id = :id")
                .setParameter("id", userId)
                .setParameter("namespace", namespace)
                .executeUpdate();
    }

    /** The same, and nobody else changes the user or the profile until the transaction ends. */
    static Optional<String> lockAttributes(UUID userId) {
        User.lockRow(userId);
        return attributes(userId);
    }

    /** All attributes of an undeleted user, as PostgreSQL writes them. */
    static Optional<String> attributes(UUID userId) {
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                "SELECT coalesce(CAST(p.attributes AS text), '{}') FROM users u LEFT"
                                        + " JOIN user_profiles p ON p.user_id = u.id WHERE u.id ="
                                        + " :id AND u.deleted_at IS NULL",
                                String.class)
                        .setParameter("id", userId)
                        .getResultList();
        return rows.stream().findFirst().map(String.class::cast);
    }

    /**
     * Replaces all attributes, making the profile where there is none; its version and time stay,
     * as with {@link #putPreferences}.
     *
     * @param old the text that they replace
     * @return the JSON text as stored; empty where somebody else was faster
     */
    static Optional<String> putAttributes(UUID userId, String old, String value, Instant now) {
        List<?> rows =
                getEntityManager()
                        .createNativeQuery(
                                """
                                INSERT INTO user_profiles (user_id, attributes, created_at, updated_at)
                                VALUES (:id, CAST(:value AS jsonb), :now, :now)
                                ON CONFLICT ON CONSTRAINT user_profiles_pkey DO UPDATE
                                SET attributes = excluded.attributes
                                WHERE user_profiles.attributes = CAST(:old AS jsonb)
                                RETURNING CAST(attributes AS text)
                                """,
                                String.class)
                        .setParameter("id", userId)
                        .setParameter("value", value)
                        .setParameter("old", old)
                        .setParameter("now", now)
                        .getResultList();
        return rows.stream().findFirst().map(String.class::cast);
    }
}
