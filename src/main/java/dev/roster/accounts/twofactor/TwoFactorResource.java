package dev.roster.accounts.twofactor;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.betterauth.Status;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.accounts.session.Sessions;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The second factor (contract, sections 10 and 16): setting it up with a session, and showing it,
 * with a session or by the cookie of a sign-in that waits.
 */
@Path(BetterAuth.PATH + "/two-factor")
@BetterAuth
@PermitAll
@Plugin.Routes(Plugin.TWO_FACTOR)
@Produces(MediaType.APPLICATION_JSON)
public class TwoFactorResource {

    private static final Set<String> METHODS =
            Set.of(SecondFactor.METHOD_TOTP, SecondFactor.METHOD_OTP);

    private final TwoFactors twoFactors;
    private final SecondStep secondStep;
    private final SecondFactor secondFactor;
    private final TwoFactorConfig config;
    private final Sessions sessions;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;

    TwoFactorResource(
            TwoFactors twoFactors,
            SecondStep secondStep,
            SecondFactor secondFactor,
            TwoFactorConfig config,
            Sessions sessions,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response) {
        this.twoFactors = twoFactors;
        this.secondStep = secondStep;
        this.secondFactor = secondFactor;
        this.config = config;
        this.sessions = sessions;
        this.current = current;
        this.request = request;
        this.response = response;
    }

    /** The answer of enable; URI and backup codes with an authenticator app alone. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Enabled(String method, String totpURI, List<String> backupCodes) {}

    /** The answer of get-totp-uri. */
    public record TotpUri(String totpURI) {}

    /** The answer of generate-backup-codes. */
    public record Generated(boolean status, List<String> backupCodes) {}

    /** The answer to a right code; no token where no session was wanted. */
    @RegisterForReflection
    public record Verified(
            @JsonInclude(JsonInclude.Include.NON_NULL) String token, AuthUser user) {}

    @POST
    @Path("/enable")
    @SignedIn
    public Enabled enable() {
        Fields fields = request.fields();
        String password = fields.string("password");
        String method =
                fields.has("method")
                        ? fields.matching(
                                "method",
                                METHODS::contains,
                                "Invalid option: expected one of \"otp\"|\"totp\"")
                        : SecondFactor.METHOD_TOTP;
        Optional<String> issuer = fields.optionalString("issuer");
        fields.check();
        ActiveSession active = current.require();
        if (method.equals(SecondFactor.METHOD_OTP)) {
            keep(twoFactors.enableMailedCodes(active, password), active);
            return new Enabled(method, null, null);
        }
        // as in JavaScript, nothing counts as not given
        String name = issuer.filter(text -> !text.isEmpty()).orElseGet(config::issuer);
        TwoFactors.Offer offer = twoFactors.offerTotp(active, password, name);
        if (offer.token() != null) {
            keep(offer.token(), active);
        }
        return new Enabled(method, offer.totpUri(), offer.backupCodes());
    }

    @POST
    @Path("/disable")
    @SignedIn
    public Status disable() {
        String password = password();
        ActiveSession active = current.require();
        keep(twoFactors.disable(active, password), active);
        secondFactor.forgetTrust();
        return Status.DONE;
    }

    @POST
    @Path("/get-totp-uri")
    @SignedIn
    public TotpUri getTotpUri() {
        String password = password();
        return new TotpUri(twoFactors.totpUri(current.require().user(), password));
    }

    @POST
    @Path("/generate-backup-codes")
    @SignedIn
    public Generated generateBackupCodes() {
        String password = password();
        return new Generated(true, twoFactors.replaceBackupCodes(current.require(), password));
    }

    @POST
    @Path("/send-otp")
    public Status sendOtp() {
        Fields fields = request.optionalFields();
        fields.optionalBoolean("trustDevice");
        fields.check();
        twoFactors.requireMailedCodes();
        twoFactors.sendCode(secondStep.candidate(current.find()));
        return Status.DONE;
    }

    @POST
    @Path("/verify-totp")
    public Verified verifyTotp() {
        Fields fields = request.fields();
        String code = fields.string("code");
        boolean trust = fields.optionalBoolean("trustDevice").orElse(false);
        fields.check();
        Candidate candidate = secondStep.candidate(current.find());
        return answer(candidate, secondStep.byTotp(candidate, code, trust));
    }

    @POST
    @Path("/verify-otp")
    public Verified verifyOtp() {
        Fields fields = request.fields();
        String code = fields.string("code");
        boolean trust = fields.optionalBoolean("trustDevice").orElse(false);
        fields.check();
        Candidate candidate = secondStep.candidate(current.find());
        return answer(candidate, secondStep.byMailedCode(candidate, code, trust));
    }

    @POST
    @Path("/verify-backup-code")
    public Verified verifyBackupCode() {
        Fields fields = request.fields();
        String code = fields.string("code");
        boolean begin = !fields.optionalBoolean("disableSession").orElse(false);
        boolean trust = fields.optionalBoolean("trustDevice").orElse(false);
        fields.check();
        Candidate candidate = secondStep.candidate(current.find());
        return answer(candidate, secondStep.byBackupCode(candidate, code, begin, trust));
    }

    private String password() {
        Fields fields = request.fields();
        String password = fields.string("password");
        fields.check();
        return password;
    }

    private void keep(String token, ActiveSession replaced) {
        sessions.keep(response, token, replaced.session().remember);
    }

    private Verified answer(Candidate candidate, SecondStep.Passed passed) {
        if (passed.begun()) {
            sessions.keep(response, passed.token(), passed.remember());
            if (candidate.isSigningIn()) {
                secondFactor.forgetChallenge();
            }
        }
        if (passed.trustToken() != null) {
            secondFactor.keepTrust(passed.trustToken());
            sessions.forgetDontRemember(response);
        }
        return new Verified(passed.token(), AuthUser.of(passed.user()));
    }
}
