package dev.roster.accounts.apikey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.http.RequestContext;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.BaseAuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The caller's identity for the REST dialect, from the key in {@code x-api-key}. Where that header
 * is there it alone counts: a cookie or bearer token beside it is not looked at, whether or not the
 * key is good, so that a request never has two callers. A page of another site cannot make a
 * browser send it, so that no origin is asked for.
 *
 * <p>A key without permissions may all that its owner may. One with permissions may a request only
 * where it has the action of its method on the resource of its path, and holds of its owner's
 * {@link Permission}s those that it has itself; see {@link Limits}.
 */
@ApplicationScoped
class ApiKeyAuthentication implements HttpAuthenticationMechanism {

    private final ApiKeyHeader header;

    ApiKeyAuthentication(ApiKeyHeader header) {
        this.header = header;
    }

    /** Carries a key to the {@link Provider}, which may block. */
    static final class KeyRequest extends BaseAuthenticationRequest {

        private final String key;
        private final RoutingContext routing;

        KeyRequest(String key, RoutingContext routing) {
            this.key = key;
            this.routing = routing;
        }
    }

    /** Before the session's. */
    @Override
    public int getPriority() {
        return HttpAuthenticationMechanism.DEFAULT_PRIORITY + 1;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            RoutingContext routing, IdentityProviderManager manager) {
        Optional<String> key = header.key(routing.request());
        return key.isEmpty()
                ? Uni.createFrom().nullItem()
                : manager.authenticate(new KeyRequest(key.get(), routing));
    }

    /** None of its own: {@code WWW-Authenticate} has no scheme for keys. */
    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext routing) {
        return Uni.createFrom().nullItem();
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(KeyRequest.class);
    }

    /** Uses the key off the event loop. */
    @ApplicationScoped
    static class Provider implements IdentityProvider<KeyRequest> {

        private final ApiKeys apiKeys;
        private final ObjectMapper json;

        Provider(ApiKeys apiKeys, ObjectMapper json) {
            this.apiKeys = apiKeys;
            this.json = json;
        }

        @Override
        public Class<KeyRequest> getRequestType() {
            return KeyRequest.class;
        }

        @Override
        public Uni<SecurityIdentity> authenticate(
                KeyRequest request, AuthenticationRequestContext context) {
            return context.runBlocking(() -> identity(request));
        }

        @ActivateRequestContext
        SecurityIdentity identity(KeyRequest request) {
            ApiKey.Use use;
            try {
                use = apiKeys.use(request.key);
            } catch (ApiKeys.Refused refused) {
                throw problem(refused, request.routing);
            }
            Set<String> granted = words(use.granted());
            QuarkusSecurityIdentity.Builder identity =
                    QuarkusSecurityIdentity.builder()
                            .setPrincipal(new QuarkusPrincipal(use.userId().toString()));
            if (use.permissions() == null) {
                identity.addRoles(words(use.roles()));
            } else {
                Limits limits = limits(use.permissions());
                limits.check(request.routing);
                RequestContext.limit(request.routing, limits.names());
                granted = Permission.narrow(granted, limits.names());
            }
            return identity.addAttribute(CurrentUser.PERMISSIONS, granted).build();
        }

        private static RuntimeException problem(ApiKeys.Refused refused, RoutingContext routing) {
            Optional<Duration> tryAgainIn = refused.tryAgainIn();
            if (tryAgainIn.isEmpty()) {
                return new AuthenticationFailedException(refused.error().message());
            }
            long seconds = tryAgainIn.get().plusMillis(999).toSeconds();
            routing.response().putHeader("Retry-After", Long.toString(seconds));
            return new ProblemException(
                    ProblemCode.RATE_LIMITED,
                    refused.error().message() + " Try again in " + seconds + " seconds.");
        }

        private Limits limits(String permissions) {
            try {
                return Limits.parse(json.readTree(permissions));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("The database keeps JSON alone", e);
            }
        }

        private static Set<String> words(String text) {
            return text == null ? Set.of() : Set.copyOf(List.of(text.split(" ")));
        }
    }

    /**
     * What a key with permissions may: names of the form {@code resource:action}, such as {@code
     * me:read}. The resource of a request is the first segment of its path behind {@code /api/v1/},
     * its action {@code read}, {@code create}, {@code update} or {@code delete} by its method. What
     * is not named is forbidden, and there is no name for all.
     */
    record Limits(Set<String> names) {

        private static final Pattern REST_PATH = Pattern.compile("/api/v1/([^/]+)(/.*)?");

        private static final Map<String, String> ACTIONS =
                Map.of(
                        "GET", "read",
                        "HEAD", "read",
                        "POST", "create",
                        "PUT", "update",
                        "PATCH", "update",
                        "DELETE", "delete");

        static Limits parse(JsonNode permissions) {
            Set<String> names = new HashSet<>();
            for (Map.Entry<String, JsonNode> resource : permissions.properties()) {
                resource.getValue()
                        .forEach(action -> names.add(resource.getKey() + ":" + action.asText()));
            }
            return new Limits(names);
        }

        /**
         * @throws ProblemException 403 for a request that the key does not name
         */
        void check(RoutingContext routing) {
            String path = routing.request().path();
            Matcher rest = REST_PATH.matcher(path);
            String action = ACTIONS.get(routing.request().method().name());
            // a path that can be read in two ways is not judged by one of them
            boolean plain = path.equals(routing.normalizedPath()) && rest.matches();
            if (!plain || !names.contains(rest.group(1) + ":" + action)) {
                throw new ProblemException(
                        ProblemCode.FORBIDDEN, "The API key's permissions do not allow this");
            }
        }
    }
}
