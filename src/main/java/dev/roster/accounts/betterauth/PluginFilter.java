package dev.roster.accounts.betterauth;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;

/** The routes of a plugin that is switched off do not exist, before anything else is looked at. */
@Provider
@BetterAuth
@ApplicationScoped
@Priority(PluginFilter.FIRST)
class PluginFilter implements ContainerRequestFilter {

    static final int FIRST = 100;

    private final PluginsConfig config;

    @Context ResourceInfo resource;

    PluginFilter(PluginsConfig config) {
        this.config = config;
    }

    @Override
    public void filter(ContainerRequestContext context) {
        Plugin.Routes routes = resource.getResourceClass().getAnnotation(Plugin.Routes.class);
        if (routes != null && !routes.value().isEnabled(config)) {
            throw new NotFoundException();
        }
    }
}
