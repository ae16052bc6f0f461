package dev.roster.accounts.social;

import dev.roster.accounts.betterauth.AcceptsForm;
import dev.roster.accounts.betterauth.AuthError;
import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Redirects;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.password.Credential;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.platform.http.TrustedOrigins;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Signing in by, and linking, identity providers, of which none is configured. */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class SocialResource {

    private static final List<String> CALLBACK_PARAMETERS =
            List.of("code", "error", "device_id", "error_description", "state", "user", "iss");

    private final CurrentSession current;
    private final Redirects redirects;
    private final TrustedOrigins origins;
    private final AuthRequest request;

    SocialResource(
            CurrentSession current,
            Redirects redirects,
            TrustedOrigins origins,
            AuthRequest request) {
        this.current = current;
        this.redirects = redirects;
        this.origins = origins;
        this.request = request;
    }

    @POST
    @Path("/sign-in/social")
    public void signInSocial() {
        checkProvider();
        throw AuthError.PROVIDER_NOT_FOUND.exception();
    }

    @POST
    @Path("/link-social")
    @SignedIn
    public void linkSocial() {
        checkProvider();
        current.require();
        throw AuthError.PROVIDER_NOT_FOUND.exception();
    }

    private void checkProvider() {
        Fields fields = request.fields();
        fields.string("provider");
        fields.optionalString("callbackURL");
        fields.optionalString("newUserCallbackURL");
        fields.optionalString("errorCallbackURL");
        fields.optionalString("loginHint");
        fields.optionalBoolean("disableRedirect");
        fields.optionalBoolean("requestSignUp");
        fields.check();
    }

    @POST
    @Path("/get-access-token")
    public void getAccessToken() {
        throw unsupported(selected(request.fields()));
    }

    @POST
    @Path("/refresh-token")
    public void refreshToken() {
        throw unsupported(selected(request.fields()));
    }

    @GET
    @Path("/account-info")
    public void accountInfo() {
        selected(request.query());
        throw SocialError.PROVIDER_NOT_CONFIGURED.exception();
    }

    /**
     * What a provider sends back by a form is taken on as a link, which {@link #callback} reads.
     */
    @POST
    @Path("/callback/{provider}")
    @AcceptsForm
    public Response postCallback(@PathParam("provider") String provider) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Fields body = request.optionalFields();
        Fields query = request.query();
        for (String name : CALLBACK_PARAMETERS) {
            Optional<String> inQuery = query.optionalString(name);
            inQuery.or(() -> body.optionalString(name))
                    .ifPresent(value -> parameters.put(name, value));
        }
        body.check();
        query.check();
        String encoded =
                parameters.entrySet().stream()
                        .map(it -> it.getKey() + "=" + encode(it.getValue()))
                        .collect(Collectors.joining("&"));
        return Redirects.to(
                origins.own()
                        + BetterAuth.PATH
                        + "/callback/"
                        + provider
                        + (encoded.isEmpty() ? "" : "?" + encoded));
    }

    /** No sign-in was begun here, so that no state is one of ours. */
    @GET
    @Path("/callback/{provider}")
    public Response callback(@PathParam("provider") String provider) {
        Fields query = request.query();
        CALLBACK_PARAMETERS.forEach(query::optionalString);
        String state = query.optionalString("state").orElse("");
        query.check();
        return redirects.toErrorPage(state.isEmpty() ? "state_not_found" : "state_mismatch");
    }

    /** The caller's linked account that is asked about. */
    private Credential selected(Fields fields) {
        String accountId = fields.optionalString("accountId").orElse(null);
        boolean byCookie = fields.optionalBoolean("useAccountCookie").orElse(false);
        fields.optionalString("userId");
        boolean both = fields.has("accountId") && fields.has("useAccountCookie");
        if (both || accountId == null && !byCookie) {
            throw AuthError.VALIDATION_ERROR.exception("[body] Invalid input");
        }
        fields.allowOnly(Set.of("accountId", "useAccountCookie", "userId"));
        fields.check();
        UUID userId =
                current.find().orElseThrow(() -> new AuthException(401, null, null)).user().id;
        return Credential.listFor(userId).stream()
                .filter(account -> account.id.toString().equals(accountId))
                .findFirst()
                .orElseThrow(AuthError.ACCOUNT_NOT_FOUND::exception);
    }

    private static AuthException unsupported(Credential account) {
        return SocialError.PROVIDER_NOT_SUPPORTED.exception(
                "Provider " + account.providerId + " is not supported.");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
