package dev.roster.platform.problem;

import dev.roster.platform.http.Routes;
import jakarta.ws.rs.HttpMethod;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/**
 * What a path can be asked for. A 405 has to tell it (RFC 9110, section 15.5.6), and Quarkus REST
 * does so for {@code OPTIONS} alone, so this asks its routing tables the same way.
 */
final class AllowedMethods {

    private AllowedMethods() {}

    /** The methods of the current request's path. */
    static Set<String> here(Routes routes) {
        String path = CurrentRequestManager.get().getPathWithoutPrefix();
        Set<String> methods = new TreeSet<>(routes.at(path).keySet());
        methods.add(HttpMethod.OPTIONS);
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        return methods;
    }
}
