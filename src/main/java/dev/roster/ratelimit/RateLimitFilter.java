package dev.roster.ratelimit;

import dev.roster.platform.http.ClientAddress;
import dev.roster.platform.http.Routes;
import dev.roster.platform.problem.EarlyAnswers;
import dev.roster.platform.problem.ProblemCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Limits the calls to the Better Auth dialect before anything else looks at them: routing, body and
 * origin come later (contract, section 2). A client is its network, as {@link ClientAddress} tells
 * it, and has a bucket for each route; all paths that are none share one for each rule, so that
 * nobody fills the table with made-up paths.
 */
@ApplicationScoped
class RateLimitFilter {

    private static final Logger LOG = Logger.getLogger(RateLimitFilter.class);

    /** The dialect's path; the rules' are below it. */
    private static final String BASE = "/api/auth";

    /** After the CORS headers, without which a page could not read the refusal. */
    private static final int ORDER = 275;

    private static final String REFUSAL =
            "{\"message\":\"Too many requests. Please try again later.\"}";

    private final RateLimitConfig config;
    private final RateLimitRules rules;
    private final RateLimiter limiter;
    private final ClientAddress clients;
    private final Routes routes;
    private final EarlyAnswers answers;
    private final Map<String, Counter> refused;

    RateLimitFilter(
            RateLimitConfig config,
            RateLimitRules rules,
            RateLimiter limiter,
            ClientAddress clients,
            Routes routes,
            EarlyAnswers answers,
            MeterRegistry meters) {
        this.config = config;
        this.rules = rules;
        this.limiter = limiter;
        this.clients = clients;
        this.routes = routes;
        this.answers = answers;
        refused =
                rules.all()
                        .map(RateLimitRule::pattern)
                        .distinct()
                        .collect(
                                Collectors.toMap(
                                        Function.identity(), pattern -> counter(meters, pattern)));
    }

    void register(@Observes Filters filters) {
        if (config.enabled()) {
            filters.register(this::handle, ORDER);
        }
    }

    private void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String path = request.path();
        if (!isBelow(path)) {
            // what another spelling of a path leads to is 404, but counts
            if (!isBelow(routing.normalizedPath())) {
                routing.next();
                return;
            }
            path = BASE;
        }
        RateLimitRule rule = rules.of(path.substring(BASE.length()));
        String bucket = routes.template(path).orElse(rule.pattern());
        String client = ClientAddress.network(clients.of(request));
        Future<RateLimiter.Verdict> verdict = limiter.ask(client + "|" + bucket, rule);
        if (verdict.isComplete()) {
            proceed(routing, rule, verdict);
            return;
        }
        // the request goes on where it is handled, whichever thread has the answer
        Context here = Vertx.currentContext();
        verdict.onComplete(result -> here.runOnContext(go -> proceed(routing, rule, result)));
    }

    private void proceed(
            RoutingContext routing, RateLimitRule rule, AsyncResult<RateLimiter.Verdict> verdict) {
        if (verdict.failed()) {
            LOG.warnf("Refused, because calls cannot be counted: %s", verdict.cause().getMessage());
            answers.end(routing, ProblemCode.SERVICE_UNAVAILABLE, null);
        } else if (verdict.result().allowed()) {
            routing.next();
        } else {
            refused.get(rule.pattern()).increment();
            routing.response()
                    .setStatusCode(429)
                    .putHeader("Content-Type", "application/json")
                    .putHeader("X-Retry-After", Long.toString(verdict.result().retryAfter()))
                    .end(REFUSAL);
        }
    }

    private static boolean isBelow(String path) {
        return path != null
                && path.startsWith(BASE)
                && (path.length() == BASE.length() || path.charAt(BASE.length()) == '/');
    }

    private static Counter counter(MeterRegistry meters, String pattern) {
        return Counter.builder("roster.ratelimit.refused")
                .description("Calls answered 429")
                .tag("rule", pattern)
                .register(meters);
    }
}
