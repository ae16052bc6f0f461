package dev.roster.accounts.apikey;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.accounts.betterauth.AuthRequest;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.betterauth.Plugin;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.ActiveSession;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.users.User;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.panache.common.Sort;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The caller's own API keys (contract, sections 10 and 16). */
@Path(BetterAuth.PATH + "/api-key")
@BetterAuth
@Plugin.Routes(Plugin.API_KEY)
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class ApiKeyResource {

    private static final Predicate<String> PREFIX =
            Pattern.compile("[a-zA-Z0-9_-]+").asMatchPredicate();

    /** What a client may not set, beside remaining; the columns are for administrators. */
    private static final List<String> SERVER_ONLY =
            List.of(
                    "refillAmount",
                    "refillInterval",
                    "rateLimitTimeWindow",
                    "rateLimitMax",
                    "rateLimitEnabled",
                    "permissions");

    private final ApiKeys apiKeys;
    private final ApiKeyConfig config;
    private final CurrentSession current;
    private final AuthRequest request;
    private final HttpServerResponse response;
    private final ObjectMapper json;
    private final Clock clock;

    ApiKeyResource(
            ApiKeys apiKeys,
            ApiKeyConfig config,
            CurrentSession current,
            AuthRequest request,
            HttpServerResponse response,
            ObjectMapper json,
            Clock clock) {
        this.apiKeys = apiKeys;
        this.config = config;
        this.current = current;
        this.request = request;
        this.response = response;
        this.json = json;
        this.clock = clock;
    }

    /** The answer of delete. */
    @RegisterForReflection
    record Deleted(boolean success) {}

    /** A page of keys; limit and offset as they were asked for, absent where they were not. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<AuthApiKey> apiKeys, long total, Integer limit, Integer offset) {}

    /** Makes a key of the caller's and shows it, this once. */
    @POST
    @Path("/create")
    public AuthApiKey create() {
        Fields fields = request.fields();
        fields.optionalString("configId");
        Optional<String> name = fields.optionalString("name");
        Optional<Double> expiresIn = fields.nullableNumber("expiresIn", 1);
        Optional<String> prefix =
                fields.has("prefix")
                        ? Optional.of(
                                fields.matching(
                                        "prefix",
                                        PREFIX,
                                        "Invalid prefix format, must be alphanumeric and contain"
                                                + " only underscores and hyphens."))
                        : Optional.empty();
        readServerOnly(fields, 1);
        fields.optionalStringLists("permissions");
        Optional<Double> remaining = fields.nullableNumber("remaining", 0);
        fields.check();
        Optional<ActiveSession> active = current.find();
        if (remaining.isPresent() || SERVER_ONLY.stream().anyMatch(fields::has)) {
            throw ApiKeyError.SERVER_ONLY_PROPERTY.exception();
        }
        // whoever it names, the caller's own user included: a body never says who calls
        if (fields.has("userId") || active.isEmpty()) {
            throw ApiKeyError.UNAUTHORIZED_SESSION.exception();
        }
        JsonNode metadata = null;
        if (fields.isTruthy("metadata")) {
            if (!config.metadata()) {
                throw ApiKeyError.METADATA_DISABLED.exception();
            }
            metadata = metadata(fields);
        }
        User user = active.get().user();
        ApiKeys.Made made =
                apiKeys.create(
                        active.get(),
                        new NewApiKey(
                                name.orElse(null),
                                prefix.orElse(null),
                                expiresIn.map(ApiKeyResource::seconds).orElse(null),
                                metadata));
        response.putHeader("cache-control", "no-store");
        return view(made.apiKey(), user, made.key());
    }

    @GET
    @Path("/get")
    @SignedIn
    public AuthApiKey get() {
        Fields query = request.query();
        query.optionalString("configId");
        String id = query.string("id");
        query.check();
        User user = current.require().user();
        return view(
                ApiKey.findOwn(user.id, id, clock.instant())
                        .orElseThrow(ApiKeyError.KEY_NOT_FOUND::exception),
                user,
                null);
    }

    @POST
    @Path("/update")
    public AuthApiKey update() {
        Fields fields = request.fields();
        fields.optionalString("configId");
        String keyId = fields.string("keyId");
        Optional<String> name = fields.optionalString("name");
        Optional<Boolean> enabled = fields.optionalBoolean("enabled");
        Optional<Double> expiresIn = fields.nullableNumber("expiresIn", 1);
        readServerOnly(fields, Long.MIN_VALUE);
        if (!fields.isNull("permissions")) {
            fields.optionalStringLists("permissions");
        }
        fields.optionalNumber("remaining", 1);
        fields.check();
        Optional<ActiveSession> active = current.find();
        if (active.isEmpty() || fields.has("userId") && !isCaller(fields, active.get())) {
            throw ApiKeyError.UNAUTHORIZED_SESSION.exception();
        }
        if (fields.has("remaining") || SERVER_ONLY.stream().anyMatch(fields::has)) {
            throw ApiKeyError.SERVER_ONLY_PROPERTY.exception();
        }
        JsonNode metadata = null;
        if (config.metadata() && fields.has("metadata")) {
            metadata = metadata(fields);
        }
        User user = active.get().user();
        return view(
                apiKeys.update(
                        user,
                        keyId,
                        new ApiKeyPatch(
                                name,
                                enabled,
                                fields.has("expiresIn"),
                                expiresIn.map(ApiKeyResource::seconds).orElse(null),
                                metadata)),
                user,
                null);
    }

    @POST
    @Path("/delete")
    @SignedIn
    public Deleted delete() {
        Fields fields = request.fields();
        fields.optionalString("configId");
        String keyId = fields.string("keyId");
        fields.check();
        apiKeys.delete(current.require().user(), keyId);
        return new Deleted(true);
    }

    @GET
    @Path("/list")
    @SignedIn
    public Page list() {
        Fields query = request.query();
        Optional<String> configId = query.optionalString("configId").filter(id -> !id.isEmpty());
        Optional<String> organizationId = query.optionalString("organizationId");
        Optional<Integer> limit = query.optionalCount("limit");
        Optional<Integer> offset = query.optionalCount("offset");
        Optional<String> sortBy = query.optionalString("sortBy").filter(by -> !by.isEmpty());
        if (sortBy.isPresent() && !ApiKey.SORTABLE.containsKey(sortBy.get())) {
            query.fault("sortBy", "Invalid option: expected a property of a key");
        }
        Optional<String> direction = query.optionalOneOf("sortDirection", List.of("asc", "desc"));
        query.check();
        User user = current.require().user();
        if (organizationId.isPresent() && !organizationId.get().isEmpty()) {
            // organizations own no keys here, so that nobody is a member of one that does
            throw ApiKeyError.USER_NOT_MEMBER_OF_ORGANIZATION.exception();
        }
        Sort sort =
                Sort.by(
                                sortBy.map(ApiKey.SORTABLE::get).orElse("createdAt"),
                                direction.filter("desc"::equals).isPresent()
                                        ? Sort.Direction.Descending
                                        : Sort.Direction.Ascending)
                        .and("id");
        PanacheQuery<ApiKey> keys =
                ApiKey.ofUser(user.id, configId.orElse(null), clock.instant(), sort);
        long total = keys.count();
        int from = offset.orElse(0);
        int most = limit.orElse(Integer.MAX_VALUE);
        List<ApiKey> page =
                most == 0 || from >= total
                        ? List.of()
                        : keys.range(
                                        from,
                                        (int)
                                                Math.min(
                                                        Integer.MAX_VALUE - 1L,
                                                        (long) from + most - 1))
                                .list();
        return new Page(
                page.stream().map(apiKey -> view(apiKey, user, null)).toList(),
                total,
                limit.orElse(null),
                offset.orElse(null));
    }

    /** Checks the members that only the service itself may set. */
    private static void readServerOnly(Fields fields, long minAmount) {
        fields.optionalNumber("refillAmount", minAmount);
        fields.optionalNumber("refillInterval", Long.MIN_VALUE);
        fields.optionalNumber("rateLimitTimeWindow", Long.MIN_VALUE);
        fields.optionalNumber("rateLimitMax", Long.MIN_VALUE);
        fields.optionalBoolean("rateLimitEnabled");
    }

    private static boolean isCaller(Fields fields, ActiveSession active) {
        return fields.optionalString("userId").filter(active.user().publicId()::equals).isPresent();
    }

    private JsonNode metadata(Fields fields) {
        if (fields.isNull("metadata")) {
            return json.nullNode();
        }
        JsonNode metadata =
                fields.optionalObject("metadata")
                        .orElseThrow(ApiKeyError.INVALID_METADATA_TYPE::exception);
        fields.hold("metadata", metadata, null, NewApiKey.class);
        fields.check();
        return metadata;
    }

    /** Of as much as the longest life there can be; more is too much all the same. */
    private static Duration seconds(double seconds) {
        return Duration.ofMillis((long) Math.min(seconds * 1000, Long.MAX_VALUE / 2.0));
    }

    private AuthApiKey view(ApiKey apiKey, User user, String key) {
        return new AuthApiKey(
                apiKey.configId,
                apiKey.name,
                apiKey.start,
                user.publicId(),
                apiKey.prefix,
                key,
                apiKey.refillInterval,
                apiKey.refillAmount,
                apiKey.lastRefillAt,
                apiKey.enabled,
                apiKey.rateLimitEnabled,
                apiKey.rateLimitTimeWindow,
                apiKey.rateLimitMax,
                apiKey.requestCount,
                apiKey.remaining,
                apiKey.lastRequestAt,
                apiKey.expiresAt,
                apiKey.createdAt,
                apiKey.updatedAt,
                tree(apiKey.permissions),
                tree(apiKey.metadata),
                apiKey.publicId());
    }

    private JsonNode tree(String text) {
        try {
            return text == null ? json.nullNode() : json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The database keeps JSON alone", e);
        }
    }
}
