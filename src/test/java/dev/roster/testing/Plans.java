package dev.roster.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** How PostgreSQL would run a statement on a large table: small ones it reads from end to end. */
public final class Plans {

    private Plans() {}

    /**
     * The plan, as text.
     *
     * @param parameters by their name, as SQL literals
     */
    public static String of(String sql, Map<String, String> parameters) {
        String bound = sql;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            bound = bound.replaceAll("(?<!:):" + parameter.getKey() + "\\b", parameter.getValue());
        }
        try (Connection connection = Database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off");
            StringBuilder plan = new StringBuilder();
            try (ResultSet lines = statement.executeQuery("EXPLAIN " + bound)) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append(System.lineSeparator());
                }
            }
            return plan.toString();
        } catch (SQLException e) {
            throw new AssertionError(bound, e);
        }
    }
}
