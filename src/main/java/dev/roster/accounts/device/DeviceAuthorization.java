package dev.roster.accounts.device;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.Sessions;
import dev.roster.accounts.session.SessionsForestalled;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.crypto.RandomTokens;
import dev.roster.platform.crypto.Signer;
import dev.roster.users.User;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The course of RFC 8628: a device asks and shows its user a short code, the user looks the code up
 * while signed in and approves or denies, the device asks until it is told.
 */
@ApplicationScoped
class DeviceAuthorization {

    private static final int DEVICE_CODE_LENGTH = 40;
    private static final int USER_CODE_LENGTH = 8;

    /** Without what is easily taken for something else; 5 bits each. */
    private static final String USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private final DeviceAuthorizationConfig config;
    private final Sessions sessions;
    private final Signer signer;
    private final AuditLog audit;
    private final ObjectMapper json;
    private final Clock clock;

    DeviceAuthorization(
            DeviceAuthorizationConfig config,
            Sessions sessions,
            Signer signer,
            AuditLog audit,
            ObjectMapper json,
            Clock clock) {
        this.config = config;
        this.sessions = sessions;
        this.signer = signer;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /** The codes of a request, which are not stored. */
    record Codes(String deviceCode, String userCode) {}

    /**
     * Stores a request.
     *
     * @param scope null for none
     * @param userId public id of the one user who may look it up, or null for anyone
     */
    @Transactional
    Codes ask(String clientId, String scope, String userId) {
        Codes codes =
                new Codes(
                        RandomTokens.alphanumeric(DEVICE_CODE_LENGTH),
                        RandomTokens.of(USER_CODE_LETTERS, USER_CODE_LENGTH));
        DeviceCode request = new DeviceCode();
        request.deviceCodeDigest = Digests.sha256(codes.deviceCode());
        request.userCodeDigest = digests(codes.userCode()).get(0);
        request.clientId = clientId;
        request.scope = scope;
        request.requestedUserId = userId;
        request.expiresAt = clock.instant().plus(config.expiresIn());
        request.persist();
        return codes;
    }

    /**
     * What a user may know of a request.
     *
     * @param reviewable whether it is this user who may approve or deny
     */
    record Review(DeviceCode.Status status, boolean reviewable, String clientId, String scope) {}

    /**
     * Looks a request up. The first signed-in user who does is the one who may approve or deny.
     *
     * @param user null for nobody
     * @throws OAuthException 400 invalid_request, expired_token
     */
    @Transactional
    Review lookUp(String userCode, User user) {
        DeviceCode request = find(userCode);
        boolean pending = request.status == DeviceCode.Status.PENDING;
        if (user != null
                && request.userId == null
                && pending
                && (request.isUnclaimed() || request.isOf(user))) {
            request.userId = user.id;
        }
        boolean reviewable = user != null && request.isOf(user);
        return new Review(request.status, reviewable, request.clientId, request.scope);
    }

    /**
     * Approves or denies a request; of several answers at once the first counts.
     *
     * @throws OAuthException 400 invalid_request, expired_token; 403 access_denied to all but the
     *     user who looked it up first, and where somebody or something else acts as that user: the
     *     device would get a session of its own, for longer; 401 unauthorized where the session
     *     ends meanwhile
     */
    @Transactional
    void answer(String userCode, ActiveSession active, boolean approve) {
        // before the request is locked, as whoever ends the user's sessions does
        if (!sessions.holds(active)) {
            throw OAuthException.unauthorized();
        }
        DeviceCode request = find(userCode);
        if (request.status != DeviceCode.Status.PENDING) {
            throw new OAuthException("invalid_request", "Device code already processed");
        }
        if (request.isUnclaimed()) {
            throw new OAuthException(
                    "invalid_request",
                    "Device code has not been claimed by a verifying session; call `GET /device`"
                            + " with the `user_code` while signed in before approving or denying");
        }
        User user = active.user();
        boolean inPerson = active.session().impersonatedBy == null && !active.session().ofApiKey;
        if (!request.isOf(user) || approve && !inPerson) {
            throw new OAuthException(
                    403,
                    "access_denied",
                    "You are not authorized to "
                            + (approve ? "approve" : "deny")
                            + " this device authorization");
        }
        request.userId = user.id;
        request.status = approve ? DeviceCode.Status.APPROVED : DeviceCode.Status.DENIED;
        audit.record(
                approve ? AuditAction.DEVICE_APPROVED : AuditAction.DEVICE_DENIED,
                user.id,
                "device_code",
                request.id,
                null,
                json.createObjectNode()
                        .put("clientId", request.clientId)
                        .put("scope", request.scope));
    }

    /** What a device is told: a session, or an error. */
    record Outcome(Sessions.Begun begun, String scope, OAuthException error) {

        private static Outcome error(String error, String description) {
            return new Outcome(null, null, new OAuthException(error, description));
        }
    }

    /**
     * Answers a device that asks what became of its request. An approved request is used up: of
     * several questions at once one gets the session. Errors are returned and not thrown, so that
     * the transaction keeps what was counted.
     */
    @Transactional
    Outcome redeem(String deviceCode, String clientId) {
        Instant now = clock.instant();
        Optional<DeviceCode> found = DeviceCode.lockByDeviceCode(deviceCode);
        if (found.isEmpty()) {
            return Outcome.error("invalid_grant", "Invalid device code");
        }
        DeviceCode request = found.get();
        if (!request.clientId.equals(clientId)) {
            return Outcome.error("invalid_grant", "Client ID mismatch");
        }
        if (request.lastPolledAt != null
                && now.isBefore(request.lastPolledAt.plus(config.interval()))) {
            return Outcome.error("slow_down", "Polling too frequently");
        }
        request.lastPolledAt = now;
        if (request.isExpired(now)) {
            request.delete();
            return Outcome.error("expired_token", "Device code has expired");
        }
        if (request.status == DeviceCode.Status.PENDING) {
            return Outcome.error("authorization_pending", "Authorization pending");
        }
        request.delete();
        if (request.status == DeviceCode.Status.DENIED) {
            return Outcome.error("access_denied", "Access denied");
        }
        Optional<User> user =
                User.findActive(request.userId).filter(approver -> !approver.isBanned(now));
        return user.isEmpty()
                ? Outcome.error("access_denied", "Access denied")
                : new Outcome(sessions.begin(user.get(), true), request.scope, null);
    }

    /** Whoever is put out gets no session by what was approved before. */
    void forget(@Observes SessionsForestalled users) {
        DeviceCode.forget(users.userIds());
    }

    /** An unexpired request by its user code, however that is typed, locked. */
    private DeviceCode find(String userCode) {
        String letters = userCode.replaceAll("[^a-zA-Z0-9]", "").toUpperCase(Locale.ROOT);
        DeviceCode request =
                DeviceCode.lockByUserCode(digests(letters))
                        .orElseThrow(
                                () -> new OAuthException("invalid_request", "Invalid user code"));
        if (request.isExpired(clock.instant())) {
            throw new OAuthException("expired_token", "User code has expired");
        }
        return request;
    }

    private List<byte[]> digests(String userCode) {
        return signer.digests("device-user-code|" + userCode);
    }
}
