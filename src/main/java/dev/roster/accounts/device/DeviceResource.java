package dev.roster.accounts.device;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.roster.accounts.betterauth.AcceptsForm;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.platform.http.TrustedOrigins;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Signing devices in that have no browser (contract, section 16; RFC 8628). */
@Path(BetterAuth.PATH + "/device")
@BetterAuth
@Plugin.Routes(Plugin.DEVICE_AUTHORIZATION)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class DeviceResource {

    private static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final int MAX_ID_LENGTH = 255;
    private static final int MAX_SCOPE_LENGTH = 1000;

    private final DeviceAuthorization authorization;
    private final DeviceAuthorizationConfig config;
    private final TrustedOrigins origins;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;
    private final Clock clock;

    DeviceResource(
            DeviceAuthorization authorization,
            DeviceAuthorizationConfig config,
            TrustedOrigins origins,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response,
            Clock clock) {
        this.authorization = authorization;
        this.config = config;
        this.origins = origins;
        this.current = current;
        this.request = request;
        this.response = response;
        this.clock = clock;
    }

    /** RFC 8628, section 3.2. */
    @RegisterForReflection
    record Asked(
            @JsonProperty("device_code") String deviceCode,
            @JsonProperty("user_code") String userCode,
            @JsonProperty("verification_uri") URI verificationUri,
            @JsonProperty("verification_uri_complete") URI verificationUriComplete,
            @JsonProperty("expires_in") long expiresIn,
            long interval) {}

    /** RFC 6749, section 5.1; expires_in in seconds. */
    @RegisterForReflection
    record Token(
            @JsonProperty("access_token") String accessToken,
            @JsonProperty("token_type") String tokenType,
            @JsonProperty("expires_in") long expiresIn,
            String scope) {}

    /** What anyone is told of a user code. */
    @RegisterForReflection
    record Looked(@JsonProperty("user_code") String userCode, String status) {}

    /** What the user is told who may approve or deny. */
    @RegisterForReflection
    record Reviewed(
            @JsonProperty("user_code") String userCode,
            String status,
            @JsonProperty("client_id") String clientId,
            String scope) {}

    /** The answer of approve and deny. */
    @RegisterForReflection
    record Done(boolean success) {}

    /** Begins the course for a device. */
    @POST
    @Path("/code")
    @AcceptsForm(oauth = true)
    public Asked code() {
        neverCached();
        Fields fields = request.fields();
        String clientId = fields.string("client_id");
        Optional<String> userId = fields.optionalString("user_id").filter(id -> !id.isEmpty());
        Optional<String> scope = fields.optionalString("scope").filter(text -> !text.isEmpty());
        limit(fields, "client_id", clientId, MAX_ID_LENGTH);
        limit(fields, "user_id", userId.orElse(""), MAX_ID_LENGTH);
        limit(fields, "scope", scope.orElse(""), MAX_SCOPE_LENGTH);
        check(fields);
        checkClient(clientId);
        DeviceAuthorization.Codes codes =
                authorization.ask(clientId, scope.orElse(null), userId.orElse(null));
        URI verificationUri = URI.create(origins.own() + "/").resolve(config.verificationUri());
        return new Asked(
                codes.deviceCode(),
                codes.userCode(),
                verificationUri,
                UriBuilder.fromUri(verificationUri)
                        .replaceQueryParam("user_code", codes.userCode())
                        .build(),
                config.expiresIn().toSeconds(),
                config.interval().toSeconds());
    }

    /** Tells a device what became of its request (RFC 8628, section 3.4). */
    @POST
    @Path("/token")
    @AcceptsForm(oauth = true)
    public Token token() {
        neverCached();
        Fields fields = request.fields();
        String grantType = fields.string("grant_type");
        String deviceCode = fields.string("device_code");
        String clientId = fields.string("client_id");
        check(fields);
        if (!grantType.equals(GRANT_TYPE)) {
            throw new OAuthException("unsupported_grant_type", "grant_type must be " + GRANT_TYPE);
        }
        if (deviceCode.isEmpty()) {
            throw new OAuthException("invalid_request", "device_code is required");
        }
        checkClient(clientId);
        DeviceAuthorization.Outcome outcome = authorization.redeem(deviceCode, clientId);
        if (outcome.error() != null) {
            throw outcome.error();
        }
        return new Token(
                outcome.begun().token(),
                "Bearer",
                Duration.between(clock.instant(), outcome.begun().session().expiresAt).toSeconds(),
                outcome.scope() == null ? "" : outcome.scope());
    }

    /** Looks a user code up, for the page on which it was typed. */
    @GET
    public Object lookUp() {
        neverCached();
        Fields query = request.query();
        String userCode = query.string("user_code");
        query.check();
        DeviceAuthorization.Review review =
                authorization.lookUp(
                        userCode, current.find().map(ActiveSession::user).orElse(null));
        String status = review.status().name().toLowerCase(Locale.ROOT);
        return review.reviewable()
                ? new Reviewed(userCode, status, review.clientId(), review.scope())
                : new Looked(userCode, status);
    }

    @POST
    @Path("/approve")
    public Done approve() {
        return answer(true);
    }

    @POST
    @Path("/deny")
    public Done deny() {
        return answer(false);
    }

    private Done answer(boolean approve) {
        Fields fields = request.fields();
        String userCode = fields.string("userCode");
        fields.check();
        ActiveSession active = current.find().orElseThrow(OAuthException::unauthorized);
        authorization.answer(userCode, active, approve);
        return new Done(true);
    }

    /**
     * @throws OAuthException 400 invalid_request for what is missing, or of another type
     */
    private static void check(Fields fields) {
        try {
            fields.check();
        } catch (AuthException e) {
            throw new OAuthException("invalid_request", e.getMessage());
        }
    }

    private void checkClient(String clientId) {
        if (clientId.isEmpty()) {
            throw new OAuthException("invalid_request", "client_id is required");
        }
        if (config.clients().isPresent() && !config.clients().get().contains(clientId)) {
            throw new OAuthException("invalid_client", "Invalid client ID");
        }
    }

    private static void limit(Fields fields, String name, String text, int max) {
        if (text.length() > max) {
            fields.fault(name, "Too big: expected string to have <=" + max + " characters");
        }
    }

    private void neverCached() {
        response.putHeader("Cache-Control", "no-store").putHeader("Pragma", "no-cache");
    }
}
