package dev.roster.accounts.session;

import dev.roster.access.Role;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.persistence.BaseEntity;
import dev.roster.platform.security.Permission;
import dev.roster.users.User;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.annotations.OnDelete;
import org.hibernate.annotations.OnDeleteAction;
import org.hibernate.annotations.UuidGenerator;

/** A signed-in device. Its token is known to the device alone; here is the digest. */
@Entity
@Table(name = "sessions")
public class Session extends BaseEntity {

    private static final Pattern HANDLE = Pattern.compile("[0-9a-f]{64}");

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "user_id")
    @OnDelete(action = OnDeleteAction.CASCADE)
    public User user;

    @Column(name = "token_digest", nullable = false)
    public byte[] tokenDigest;

    /** False: ends with the browser, and is never put off. */
    @Column(nullable = false)
    public boolean remember;

    @Column(name = "ip_address", nullable = false)
    public String ipAddress;

    @Column(name = "user_agent", nullable = false)
    public String userAgent;

    @Column(name = "expires_at", nullable = false)
    public Instant expiresAt;

    /** The public id of the administrator who acts as this user here; null for the user itself. */
    @Column(name = "impersonated_by")
    public String impersonatedBy;

    /** Public id of the organization that calls without one refer to; may have ceased to be. */
    @Column(name = "active_organization_id")
    public String activeOrganizationId;

    /** Public id of the team that calls without one refer to; may have ceased to be. */
    @Column(name = "active_team_id")
    public String activeTeamId;

    /** An API key stands in for it: it is not stored, and never fresh. */
    @Transient public boolean ofApiKey;

    /** What one statement finds out about a token. */
    public record Found(Session session, User user, List<Role> roles) {}

    /**
     * Session, user and roles of a token, in one statement; expired sessions and deleted users are
     * not found. The caller judges bans.
     */
    public static Optional<Found> findByToken(String token, Instant now) {
        List<Object[]> rows =
                getEntityManager()
                        .createQuery(
                                "select s, u, r from Session s join s.user u left join RoleGrant g"
                                        + " on g.user = u left join g.role r where s.tokenDigest ="
                                        + " :digest and s.expiresAt > :now and u.deletedAt is"
                                        + " null",
                                Object[].class)
                        .setParameter("digest", Digests.sha256(token))
                        .setParameter("now", now)
                        .getResultList();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        Object[] first = rows.get(0);
        return Optional.of(
                new Found(
                        (Session) first[0],
                        (User) first[1],
                        rows.stream().map(row -> (Role) row[2]).filter(Objects::nonNull).toList()));
    }

    /**
     * The sessions of some tokens with their users, oldest first, in one statement; expired ones
     * and those of deleted users are not found. The roles are left out. The caller judges bans.
     */
    static List<ActiveSession> findByTokens(Collection<String> tokens, Instant now) {
        Map<String, String> byHandle = new HashMap<>();
        tokens.forEach(token -> byHandle.put(hex(Digests.sha256(token)), token));
        return getEntityManager()
                .createQuery(
                        "select s, u from Session s join s.user u where s.tokenDigest in :digests"
                                + " and s.expiresAt > :now and u.deletedAt is null order by"
                                + " s.createdAt, s.id",
                        Object[].class)
                .setParameter("digests", tokens.stream().map(Digests::sha256).toList())
                .setParameter("now", now)
                .getResultList()
                .stream()
                .map(row -> active((Session) row[0], (User) row[1], byHandle))
                .toList();
    }

    private static ActiveSession active(Session session, User user, Map<String, String> byHandle) {
        return new ActiveSession(session, user, List.of(), byHandle.get(session.handle()));
    }

    /**
     * Returns those of several tokens whose sessions are live, the last to begin first. A single
     * token is returned as it is, without a statement: the caller looks its session up anyway.
     */
    static Stream<String> newestFirst(List<String> tokens, Instant now) {
        if (tokens.size() < 2) {
            return tokens.stream();
        }
        List<ActiveSession> oldestFirst = findByTokens(tokens, now);
        int last = oldestFirst.size() - 1;
        return IntStream.rangeClosed(0, last).mapToObj(i -> oldestFirst.get(last - i).token());
    }

    /** Whether the session of a token is stored, but has ended by time. */
    static boolean hasExpired(String token, Instant now) {
        return count("tokenDigest = ?1 and expiresAt <= ?2", Digests.sha256(token), now) > 0;
    }

    /** The sessions of a user that have not ended, oldest first. */
    public static List<Session> listActive(UUID userId, Instant now) {
        return list("user.id = ?1 and expiresAt > ?2 order by createdAt, id", userId, now);
    }

    /** Whether a read at this time puts the end off. */
    boolean isRefreshDue(SessionConfig config, Instant now) {
        Duration untilUpdate = config.expiresIn().minus(config.updateAge());
        return remember && !expiresAt.minus(untilUpdate).isAfter(now);
    }

    /** Puts the end off; of several reads at once one does. */
    static boolean refresh(UUID id, Instant expiresAt, Instant now) {
        return update(
                        "expiresAt = ?1, updatedAt = ?2 where id = ?3 and expiresAt < ?1",
                        expiresAt,
                        now,
                        id)
                == 1;
    }

    /** Sets what calls without an organization or a team refer to; null for nothing. */
    static void activate(UUID id, String organizationId, String teamId, Instant now) {
        update(
                "activeOrganizationId = ?1, activeTeamId = ?2, updatedAt = ?3, version = version +"
                        + " 1 where id = ?4",
                organizationId,
                teamId,
                now,
                id);
    }

    /** Whether its age allows sensitive actions. */
    boolean isFresh(SessionConfig config, Instant now) {
        return !ofApiKey && now.isBefore(createdAt.plus(config.freshAge()));
    }

    /** Ends the session with this token, whosever it is. */
    static long end(String token) {
        return delete("tokenDigest", Digests.sha256(token));
    }

    /** Ends the sessions with these identifiers. */
    static void end(Collection<UUID> ids) {
        delete("id in ?1", ids);
    }

    /**
     * What the user's other devices call this session: enough to end it, of no use to be it, and
     * not to be had from the id.
     */
    String handle() {
        return hex(tokenDigest);
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    /** Ends one session of a user, named by its token or its {@link #handle}. */
    static long end(UUID userId, String tokenOrHandle) {
        return delete("user.id = ?1 and tokenDigest = ?2", userId, digest(tokenOrHandle));
    }

    private static byte[] digest(String tokenOrHandle) {
        return HANDLE.matcher(tokenOrHandle).matches()
                ? HexFormat.of().parseHex(tokenOrHandle)
                : Digests.sha256(tokenOrHandle);
    }

    /** Whose live session it is that a token or a {@link #handle} names. */
    static Optional<User> findOwner(String tokenOrHandle, Instant now) {
        return getEntityManager()
                .createQuery(
                        "select u from Session s join s.user u where s.tokenDigest = :digest and"
                                + " s.expiresAt > :now and u.deletedAt is null",
                        User.class)
                .setParameter("digest", digest(tokenOrHandle))
                .setParameter("now", now)
                .getResultList()
                .stream()
                .findFirst();
    }

    /** Ends the sessions in which somebody acts as another whose roles do not allow it. */
    static void endImpersonationsWithout(Permission permission) {
        getEntityManager()
                .createNativeQuery(
                        "DELETE FROM sessions s WHERE s.impersonated_by IS NOT NULL AND NOT EXISTS"
                                + " (SELECT FROM users u JOIN role_grants g ON g.user_id = u.id"
                                + " JOIN roles r ON r.id = g.role_id WHERE coalesce(u.external_id,"
                                + " CAST(u.id AS text)) = s.impersonated_by AND r.permissions &&"
                                + " CAST(:enough AS text[]))")
                .setParameter("enough", new String[] {permission.key(), Permission.ALL})
                .executeUpdate();
    }

    /** Whether there is a session with this id, or the API key that stands for one. */
    static boolean exists(UUID id) {
        return getEntityManager()
                .unwrap(org.hibernate.Session.class)
                .createNativeQuery(
                        "SELECT EXISTS (SELECT FROM sessions WHERE id = :id) OR EXISTS (SELECT FROM"
                                + " api_keys WHERE id = :id)",
                        Boolean.class)
                .setParameter("id", id)
                .getSingleResult();
    }

    /** Ends every session of a user. */
    static long endAll(UUID userId) {
        return delete("user.id", userId);
    }

    /** Ends every session of a user but one. */
    static long endOthers(UUID userId, UUID keep) {
        return delete("user.id = ?1 and id <> ?2", userId, keep);
    }

    /**
     * Ends every session of these users.
     *
     * @return whose there were
     */
    static Set<UUID> endAll(Collection<UUID> userIds) {
        return new HashSet<>(
                getEntityManager()
                        .unwrap(org.hibernate.Session.class)
                        .createNativeQuery(
                                "DELETE FROM sessions WHERE user_id = ANY (:users) RETURNING"
                                        + " user_id",
                                UUID.class)
                        .setParameter("users", userIds.toArray(new UUID[0]))
                        .getResultList());
    }

    /** Ends the sessions in which any of these administrators acts as somebody else. */
    static void endImpersonationsBy(Collection<UUID> userIds) {
        getEntityManager()
                .createNativeQuery(
                        "DELETE FROM sessions WHERE impersonated_by IN (SELECT"
                                + " coalesce(external_id, CAST(id AS text)) FROM users WHERE id ="
                                + " ANY (:users))")
                .setParameter("users", userIds.toArray(new UUID[0]))
                .executeUpdate();
    }
}
