package dev.roster.directory.betterauth;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/** What has been done of a source, in the target itself. */
record Progress(UUID id, Set<String> done, boolean isFinished) {

    static Progress begin(Connection target, String source) throws SQLException {
        try (PreparedStatement insert =
                target.prepareStatement(
                        "INSERT INTO imports (id, source) VALUES (?, ?) ON CONFLICT (source) DO"
                                + " UPDATE SET updated_at = now() RETURNING id, done,"
                                + " finished_at IS NOT NULL")) {
            insert.setObject(1, UuidVersion7Strategy.INSTANCE.generateUuid(null));
            insert.setString(2, source);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return new Progress(
                        row.getObject(1, UUID.class),
                        new HashSet<>(Arrays.asList((String[]) row.getArray(2).getArray())),
                        row.getBoolean(3));
            }
        }
    }

    void done(Connection target, String table) throws SQLException {
        update(target, "done = done || CAST(? AS text)", table);
        done.add(table);
    }

    void finish(Connection target) throws SQLException {
        update(target, "finished_at = CAST(? AS timestamptz)", "now");
    }

    private void update(Connection target, String set, String value) throws SQLException {
        try (PreparedStatement update =
                target.prepareStatement(
                        "UPDATE imports SET "
                                + set
                                + ", updated_at = now(), version = version + 1 WHERE id = ?")) {
            update.setString(1, value);
            update.setObject(2, id);
            update.executeUpdate();
        }
    }
}
