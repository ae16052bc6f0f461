package dev.roster.ratelimit;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** The counters that all replicas share. Times are the database's, which they share too. */
@ApplicationScoped
class RateLimitStore {

    /**
     * Decides and counts in one statement. What is refused neither lengthens the window nor uses
     * anything up: of {@code taken} only the part up to the maximum has been given away.
     */
    private static final String TAKE =
            """
            INSERT INTO rate_limits AS bucket (key, taken, expires_at)
            VALUES (?, ?, statement_timestamp() + ? * interval '1 millisecond')
            ON CONFLICT (key) DO UPDATE SET
                taken = CASE WHEN bucket.expires_at <= statement_timestamp() THEN excluded.taken
                    ELSE least(bucket.taken, ?) + excluded.taken END,
                expires_at = CASE WHEN bucket.expires_at > statement_timestamp() AND bucket.taken >= ?
                    THEN bucket.expires_at ELSE excluded.expires_at END
            RETURNING taken, ceil(1000 * extract(epoch FROM expires_at - statement_timestamp()))::bigint
            """;

    /**
     * What the database says.
     *
     * @param permits how many were given: none, some or all of those asked for
     * @param left until the window ends unless a permit is given before
     */
    record Taken(int permits, Duration left) {}

    private final AgroalDataSource dataSource;

    RateLimitStore(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Takes the permits of one lease. It blocks, so it is no call for an event loop.
     *
     * @throws SQLException when the database could not be asked
     */
    Taken take(String key, RateLimitRule rule) throws SQLException {
        int lease = rule.lease();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setString(1, key);
            statement.setInt(2, lease);
            statement.setLong(3, rule.window().toMillis());
            statement.setInt(4, rule.max());
            statement.setInt(5, rule.max());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                int before = row.getInt(1) - lease;
                return new Taken(
                        Math.min(lease, Math.max(0, rule.max() - before)),
                        Duration.ofMillis(row.getLong(2)));
            }
        }
    }
}
