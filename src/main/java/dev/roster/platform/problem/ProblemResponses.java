package dev.roster.platform.problem;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/**
 * Completes the OpenAPI document by what every endpoint has in common: how a caller shows who it
 * is, tags and preconditions, and the problems that follow from an operation's parameters and body.
 * It runs at build time.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
@OpenAPIDefinition(
        // required here, and overruled by quarkus.smallrye-openapi.info-*
        info = @Info(title = "Roster", version = "1"),
        components =
                @Components(
                        schemas =
                                @org.eclipse.microprofile.openapi.annotations.media.Schema(
                                        name = "Problem",
                                        implementation = Problem.class)))
public class ProblemResponses implements OASFilter {

    static final String COOKIE = "session";
    static final String BEARER = "bearer";
    static final String API_KEY = "apiKey";

    private static final DotName IDEMPOTENT =
            DotName.createSimple("dev.roster.platform.idempotency.Idempotent");
    private static final DotName OPERATION =
            DotName.createSimple(
                    org.eclipse.microprofile.openapi.annotations.Operation.class.getName());

    private static final Set<PathItem.HttpMethod> SAFE =
            Set.of(PathItem.HttpMethod.GET, PathItem.HttpMethod.HEAD);

    /** The operations that honour {@code Idempotency-Key}. */
    private final Set<String> idempotent;

    public ProblemResponses(IndexView index) {
        idempotent =
                index.getAnnotations(IDEMPOTENT).stream()
                        .filter(it -> it.target().kind() == AnnotationTarget.Kind.METHOD)
                        .map(it -> it.target().asMethod().annotation(OPERATION))
                        .map(operation -> operation.value("operationId").asString())
                        .collect(Collectors.toSet());
    }

    private static final Set<String> CONDITIONAL = Set.of("If-Match", "If-None-Match");

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getComponents()
                .addSecurityScheme(
                        COOKIE,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.COOKIE)
                                .name("better-auth.session_token")
                                .description(
                                        "The signed session cookie, named"
                                                + " __Secure-better-auth.session_token over https."
                                                + " A request that changes something needs the"
                                                + " Origin of a trusted page."))
                .addSecurityScheme(
                        BEARER,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description(
                                        "The session token that a sign-in answers, or a signed token"
                                                + " (JWT) of /api/auth/token."))
                .addSecurityScheme(
                        API_KEY,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("x-api-key")
                                .description(
                                        "A key of the user's, for programs; where it is sent,"
                                                + " cookie and bearer token count for nothing. A"
                                                + " key with permissions needs the one of the"
                                                + " path's first segment behind /api/v1 and of the"
                                                + " method: read (GET), create (POST), update (PUT,"
                                                + " PATCH) or delete (DELETE), such as me:read; 403"
                                                + " otherwise."));
        document.getPaths()
                .getPathItems()
                .forEach(
                        (path, item) ->
                                item.getOperations()
                                        .forEach(
                                                (method, operation) ->
                                                        complete(
                                                                document, path, method,
                                                                operation)));
    }

    private void complete(
            OpenAPI document, String path, PathItem.HttpMethod method, Operation operation) {
        operation.setSecurity(
                List.of(
                        OASFactory.createSecurityRequirement().addScheme(COOKIE),
                        OASFactory.createSecurityRequirement().addScheme(BEARER),
                        OASFactory.createSecurityRequirement().addScheme(API_KEY)));
        boolean byName = path.contains("{namespace}");
        boolean put = method == PathItem.HttpMethod.PUT;
        boolean body = operation.getRequestBody() != null;
        if (body || byName || hasQuery(operation)) {
            add(
                    operation,
                    body
                            ? List.of(ProblemCode.VALIDATION_FAILED, ProblemCode.MALFORMED_JSON)
                            : List.of(ProblemCode.VALIDATION_FAILED));
        }
        add(operation, List.of(ProblemCode.UNAUTHENTICATED))
                .addHeader("WWW-Authenticate", header("How to show who one is", "Bearer"));
        // for an API key every operation can be forbidden
        add(
                operation,
                SAFE.contains(method)
                        ? List.of(ProblemCode.FORBIDDEN)
                        : List.of(ProblemCode.FORBIDDEN, ProblemCode.UNTRUSTED_ORIGIN));
        // a namespace that does not exist is made by PUT
        if (path.contains("{") && !(byName && put)) {
            add(operation, List.of(ProblemCode.NOT_FOUND));
        }
        add(operation, List.of(ProblemCode.NOT_ACCEPTABLE));
        add(operation, List.of(ProblemCode.URI_TOO_LONG));
        add(operation, List.of(ProblemCode.HEADERS_TOO_LARGE));
        if (body) {
            add(operation, List.of(ProblemCode.PAYLOAD_TOO_LARGE));
            add(operation, List.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE));
        }
        if (method == PathItem.HttpMethod.PATCH) {
            relax(document, operation);
        }
        boolean conditional = false;
        if (operation.getParameters() != null) {
            for (Parameter parameter : operation.getParameters()) {
                conditional |= CONDITIONAL.contains(parameter.getName());
                if ("If-Match".equals(parameter.getName())) {
                    parameter
                            .description("The ETag last read, or * for whatever there is")
                            .required(!(byName && put))
                            .example("\"1\"");
                    add(operation, List.of(ProblemCode.PRECONDITION_FAILED));
                    add(operation, List.of(ProblemCode.PRECONDITION_REQUIRED));
                } else if ("If-None-Match".equals(parameter.getName())) {
                    parameter.description("The ETag of what the caller has already");
                    operation
                            .getResponses()
                            .addAPIResponse(
                                    "304",
                                    OASFactory.createAPIResponse()
                                            .description("The caller has it already"));
                }
            }
        }
        if (idempotent.contains(operation.getOperationId())) {
            honourKey(operation);
        }
        declared(operation);
        for (String status : List.of("200", "201", "304")) {
            APIResponse response = operation.getResponses().getAPIResponse(status);
            if (response != null) {
                if (conditional || status.equals("201")) {
                    response.addHeader("ETag", header("The tag to send in If-Match", "\"1\""));
                }
                if (response.getContent() != null) {
                    response.getContent()
                            .getMediaTypes()
                            .values()
                            .forEach(type -> requireAll(document, type.getSchema()));
                }
            }
        }
        add(operation, List.of(ProblemCode.RATE_LIMITED))
                .addHeader("Retry-After", header("Seconds to wait", "60"));
        add(operation, List.of(ProblemCode.INTERNAL_ERROR));
        add(operation, List.of(ProblemCode.SERVICE_UNAVAILABLE))
                .addHeader("Retry-After", header("Seconds to wait", "5"));
    }

    /** What a client may send with a request that it may have to send again. */
    private static void honourKey(Operation operation) {
        operation.addParameter(
                OASFactory.createParameter()
                        .name("Idempotency-Key")
                        .in(Parameter.In.HEADER)
                        .description(
                                "1 to 255 visible ASCII characters of the client's choice. For 24"
                                        + " hours the same request with the same key is answered as"
                                        + " the first time, with Idempotency-Replayed, and done"
                                        + " once.")
                        .schema(OASFactory.createSchema().addType(Schema.SchemaType.STRING))
                        .example("8e03978e-40d5-43e8-bc93-6894a57f9324"));
        String busy = "`conflict`: the first request with this key is not done";
        String status = Integer.toString(ProblemCode.CONFLICT.status());
        APIResponse conflict = operation.getResponses().getAPIResponse(status);
        if (conflict == null) {
            operation
                    .getResponses()
                    .addAPIResponse(status, OASFactory.createAPIResponse().description(busy));
        } else {
            conflict.description(conflict.getDescription() + "; " + busy);
        }
        add(operation, List.of(ProblemCode.IDEMPOTENCY_KEY_REUSED));
    }

    /** A patch may leave out what the whole document may not. */
    private static void relax(OpenAPI document, Operation operation) {
        for (MediaType type : operation.getRequestBody().getContent().getMediaTypes().values()) {
            if (type.getSchema().getRef() != null) {
                resolve(document, type.getSchema()).setRequired(null);
            }
        }
    }

    private static boolean hasQuery(Operation operation) {
        return operation.getParameters() != null
                && operation.getParameters().stream()
                        .anyMatch(parameter -> parameter.getIn() == Parameter.In.QUERY);
    }

    /**
     * Completes a problem that an endpoint declares by a status and a description alone: its
     * examples are those of the codes that the description names, such as {@code `conflict`}, or
     * the first of the status.
     */
    private static void declared(Operation operation) {
        Map<String, APIResponse> declared =
                new LinkedHashMap<>(operation.getResponses().getAPIResponses());
        declared.forEach(
                (status, response) -> {
                    if (status.compareTo("400") < 0 || response.getContent() != null) {
                        return;
                    }
                    String description = String.valueOf(response.getDescription());
                    List<ProblemCode> codes =
                            Arrays.stream(ProblemCode.values())
                                    .filter(code -> status.equals("" + code.status()))
                                    .toList();
                    List<ProblemCode> named =
                            codes.stream()
                                    .filter(c -> description.contains("`" + c.key() + "`"))
                                    .toList();
                    if (!codes.isEmpty()) {
                        add(operation, named.isEmpty() ? codes.subList(0, 1) : named)
                                .description(description);
                    }
                });
    }

    /** Views show all their members, null or not; those in their lists too. */
    private static void requireAll(OpenAPI document, Schema schema) {
        if (schema.getAnyOf() != null) {
            schema.getAnyOf().forEach(view -> requireAll(document, view));
        } else if (schema.getRef() != null) {
            Schema view = resolve(document, schema);
            view.setRequired(List.copyOf(view.getProperties().keySet()));
            view.getProperties().values().stream()
                    .map(Schema::getItems)
                    .filter(Objects::nonNull)
                    .forEach(items -> requireAll(document, items));
        }
    }

    private static Schema resolve(OpenAPI document, Schema schema) {
        String ref = schema.getRef();
        return document.getComponents().getSchemas().get(ref.substring(ref.lastIndexOf('/') + 1));
    }

    /** Documents the status that the codes have in common, with an example of each. */
    private static APIResponse add(Operation operation, List<ProblemCode> codes) {
        MediaType problem =
                OASFactory.createMediaType()
                        .schema(OASFactory.createSchema().ref("#/components/schemas/Problem"));
        for (ProblemCode code : codes) {
            problem.addExample(
                    code.key(),
                    OASFactory.createExample().summary(code.title()).value(example(code)));
        }
        ProblemCode first = codes.get(0);
        Content content = OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, problem);
        APIResponse response =
                OASFactory.createAPIResponse().description(first.title()).content(content);
        operation.getResponses().addAPIResponse(Integer.toString(first.status()), response);
        return response;
    }

    private static Map<String, Object> example(ProblemCode code) {
        Problem problem =
                Problem.of(
                        code,
                        null,
                        code == ProblemCode.VALIDATION_FAILED
                                ? List.of(Violation.body("birthDate", "must be a past date"))
                                : List.of());
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", problem.type());
        members.put("title", problem.title());
        members.put("status", problem.status());
        members.put("code", problem.code());
        if (!problem.violations().isEmpty()) {
            members.put(
                    "violations",
                    problem.violations().stream()
                            .map(
                                    violation ->
                                            Map.of(
                                                    "field", violation.field(),
                                                    "in", violation.in(),
                                                    "message", violation.message()))
                            .toList());
        }
        return members;
    }

    private static Header header(String description, String example) {
        return OASFactory.createHeader()
                .description(description)
                .schema(OASFactory.createSchema().addType(Schema.SchemaType.STRING))
                .example(example);
    }
}
