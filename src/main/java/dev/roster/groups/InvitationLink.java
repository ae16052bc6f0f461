package dev.roster.groups;

import dev.roster.platform.http.TrustedOrigins;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where mails of invitations link to: {@code roster.organization.invitation-url}. */
@ApplicationScoped
class InvitationLink {

    private static final String PLACEHOLDER = "{id}";

    private final OrganizationConfig config;
    private final TrustedOrigins origins;

    InvitationLink(OrganizationConfig config, TrustedOrigins origins) {
        this.config = config;
        this.origins = origins;
    }

    /** An invitation's id must not go to a page of somebody else. */
    void check(@Observes StartupEvent started) {
        if (!origins.trustsRedirect(to("id"))) {
            throw new ConfigurationException(
                    "roster.organization.invitation-url must be a path, or a URL of the base URL or"
                            + " a trusted origin");
        }
    }

    /** The link for the invitation with this public id. */
    String to(String invitationId) {
        String encoded = URLEncoder.encode(invitationId, StandardCharsets.UTF_8);
        String page = config.invitationUrl();
        String absolute = page.startsWith("/") ? origins.own() + page : page;
        if (absolute.contains(PLACEHOLDER)) {
            return absolute.replace(PLACEHOLDER, encoded);
        }
        return absolute + (absolute.contains("?") ? "&id=" : "?id=") + encoded;
    }
}
