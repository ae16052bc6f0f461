package dev.roster.testing;

import static java.util.Map.entry;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * The surroundings of the packaged service: a PostgreSQL of its own and the settings that
 * production needs, given as an operator gives them.
 *
 * <p>It is there for all tests of the package: one bound to a class is not seen by the {@code
 * Nested} classes that an *IT inherits, for each of which the service would start again without.
 */
@WithTestResource(value = PackagedService.class, scope = TestResourceScope.GLOBAL)
public class PackagedService implements QuarkusTestResourceLifecycleManager {

    public static final String SECRET = "packaged-tests-only-secret-0123456789abcdef";

    /** Long enough for any mail that is not held up. */
    private static final Duration MAIL = Duration.ofMinutes(1);

    /** The first administrator, whose password is everybody's. */
    public static final String ADMIN_EMAIL = "admin@example.com";

    /** Where an application's pages are: another origin on the same site, which is trusted. */
    public static final String PAGE_ORIGIN = "http://localhost:3999";

    private EmbeddedPostgres postgres;
    private MailCatcher mails;

    /** Only failsafe, which runs the *IT classes, sets this. */
    private static final boolean PACKAGED = Boolean.getBoolean("roster.test.packaged");

    @Override
    public Map<String, String> start() {
        if (!PACKAGED) {
            return Map.of();
        }
        try {
            postgres = Postgres.builder().start();
            try (Connection administrator = postgres.getPostgresDatabase().getConnection()) {
                DatabaseRoles.create(administrator);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        System.setProperty(
                Database.PACKAGED_URL, postgres.getJdbcUrl("postgres", DatabaseRoles.DATABASE));
        mails = new MailCatcher(0, 0, PackagedService::awaitMails);
        System.setProperty(MailCatcher.URL, mails.url());
        return Map.ofEntries(
                entry("DATABASE_URL", url(DatabaseRoles.APPLICATION)),
                entry("ROSTER_DATABASE_OWNER_URL", url(DatabaseRoles.OWNER)),
                entry("roster.secret", SECRET),
                entry("roster.base-url", Caller.ORIGIN),
                entry(
                        "roster.trusted-origins",
                        "http://trusted.example:3000,https://*.wild.example,myapp://,"
                                + PAGE_ORIGIN),
                entry("roster.smtp-url", mails.smtpUrl()),
                // what a test puts into the outbox itself
                entry("roster.mail.poll-every", "1S"),
                entry("roster.shutdown-delay", "0S"),
                entry("roster.rate-limit.enabled", "false"),
                // as in application.properties for the other tests
                entry(
                        "roster.attributes.public-schema",
                        "{\"properties\":{\"department\":{\"type\":\"string\",\"maxLength\":40}}}"),
                entry(
                        "roster.attributes.self-schema",
                        "{\"properties\":{\"shoeSize\":{\"type\":\"integer\",\"minimum\":10}}}"),
                entry("roster.admin.email", ADMIN_EMAIL),
                entry("roster.admin.password", Caller.PASSWORD));
    }

    private String url(String role) {
        return "postgresql://%s:%s@localhost:%d/%s"
                .formatted(
                        role,
                        DatabaseRoles.password(role),
                        postgres.getPort(),
                        DatabaseRoles.DATABASE);
    }

    /** What is committed to the outbox is sent right after. */
    private static void awaitMails() {
        long deadline = System.nanoTime() + MAIL.toNanos();
        while (System.nanoTime() < deadline
                && (Boolean)
                        Database.value(
                                "SELECT EXISTS (SELECT 1 FROM mail_outbox WHERE sent_at IS NULL"
                                        + " AND failed_at IS NULL)")) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void stop() {
        if (mails != null) {
            System.clearProperty(MailCatcher.URL);
            mails.close();
        }
        if (postgres != null) {
            System.clearProperty(Database.PACKAGED_URL);
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
