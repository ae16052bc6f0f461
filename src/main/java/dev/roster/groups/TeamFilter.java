package dev.roster.groups;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** The routes of teams that are switched off do not exist, before anything else is looked at. */
@Provider
@TeamRoutes
@ApplicationScoped
@Priority(TeamFilter.FIRST)
class TeamFilter implements ContainerRequestFilter {

    /** Beside the filter of plugins that are switched off. */
    static final int FIRST = 100;

    private final OrganizationConfig config;

    TeamFilter(OrganizationConfig config) {
        this.config = config;
    }

    @Override
    public void filter(ContainerRequestContext context) {
        if (!config.teams().enabled()) {
            throw new NotFoundException();
        }
    }
}
