package dev.roster.platform.http;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler.InitialMatch;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper.RequestMatch;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;
import org.jboss.resteasy.reactive.server.spi.ServerRestHandler;

/** What can be asked for, as the routing tables of Quarkus REST have it. */
@ApplicationScoped
public class Routes {

    private volatile RequestMapper<InitialMatch> classes;

    /**
     * @param path decoded, from the first slash
     * @return by method the template of what answers, such as {@code /api/v1/users/{id}}
     */
    public Map<String, String> at(String path) {
        Map<String, String> templates = new TreeMap<>();
        RequestMapper<InitialMatch> mapper = classes();
        for (RequestMatch<InitialMatch> match = mapper.map(path);
                match != null;
                match = mapper.continueMatching(path, match)) {
            String rest = match.remaining.isEmpty() ? "/" : match.remaining;
            for (ServerRestHandler handler : match.value.handlers) {
                if (handler instanceof ClassRoutingHandler routing) {
                    String parent = match.template.template;
                    routing.getMappers()
                            .forEach(
                                    (method, paths) -> {
                                        RequestMatch<RuntimeResource> found = paths.map(rest);
                                        if (method != null && found != null) {
                                            templates.putIfAbsent(
                                                    method,
                                                    withoutEnd(parent + found.template.template));
                                        }
                                    });
                }
            }
        }
        return templates;
    }

    /** The template of what answers there, whatever the method; empty where nothing does. */
    public Optional<String> template(String path) {
        return at(path).values().stream().findFirst();
    }

    private static String withoutEnd(String template) {
        return template.endsWith("/") ? template.substring(0, template.length() - 1) : template;
    }

    /** Only once there is a request, for the tables are made while the service starts. */
    private RequestMapper<InitialMatch> classes() {
        if (classes == null) {
            classes =
                    new RequestMapper<>(
                            ResteasyReactiveRecorder.getCurrentDeployment().getClassMappers());
        }
        return classes;
    }
}
