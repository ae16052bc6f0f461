package dev.roster.mail;

import dev.roster.platform.http.HttpConfig;
import io.quarkus.arc.All;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** What mails leave by, from the settings; refuses to start with settings that cannot work. */
@ApplicationScoped
class MailSetup {

    /** Before anything else is done at the start. */
    private static final int FIRST = 1;

    private final MailConfig config;
    private final HttpConfig http;
    private final List<MailUser> users;

    MailSetup(MailConfig config, HttpConfig http, @All List<MailUser> users) {
        this.config = config;
        this.http = http;
        this.users = users;
    }

    @Produces
    @Singleton
    Sender sender() {
        return config.mail()
                .from()
                .map(Sender::parse)
                .orElseGet(() -> new Sender("Roster", "no-reply@" + host()));
    }

    /**
     * The mail server; in dev mode without one the log. Empty where mails stay in the outbox: in
     * tests, which read them there, and in production where no feature needs mail.
     */
    Optional<Transport> transport(Vertx vertx, Sender sender, Clock clock, int connections) {
        Optional<Transport> smtp =
                config.smtpUrl()
                        .map(SmtpUrl::parse)
                        .map(
                                url ->
                                        new SmtpTransport(
                                                vertx, url, sender, host(), connections, clock));
        return smtp.isEmpty() && LaunchMode.current() == LaunchMode.DEVELOPMENT
                ? Optional.of(new LogTransport())
                : smtp;
    }

    /** Opens no connection: a mail server that is down at the moment keeps nobody from starting. */
    void check(@Observes @Priority(FIRST) StartupEvent started, Instance<Templates> templates) {
        if (config.smtpUrl().isEmpty() && LaunchMode.current() == LaunchMode.NORMAL) {
            List<String> needs =
                    users.stream().flatMap(user -> user.mailIsNeededUnless().stream()).toList();
            if (!needs.isEmpty()) {
                throw new ConfigurationException(
                        "ROSTER_SMTP_URL is missing: set it to smtp://user:password@host:port, or"
                                + " do without what needs mail by "
                                + String.join(" ", needs));
            }
        }
        try {
            SmtpUrl.parse(config.smtpUrl().orElse("smtp://localhost"));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("ROSTER_SMTP_URL " + e.getMessage());
        }
        try {
            sender();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("ROSTER_MAIL_FROM " + e.getMessage());
        }
        if (config.mail().templates().isPresent()) {
            try {
                templates.get().check();
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("ROSTER_MAIL_TEMPLATES " + e.getMessage());
            }
        }
    }

    private String host() {
        return http.baseUrl().getHost();
    }
}
