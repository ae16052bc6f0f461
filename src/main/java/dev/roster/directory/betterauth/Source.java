package dev.roster.directory.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The Better Auth database as it was when the import began: every read is of one read-only
 * snapshot, so that no foreign key is seen dangling, and nothing can be changed by mistake.
 */
final class Source implements AutoCloseable {

    private final Connection connection;
    private final String schema;

    Source(Connection connection, String schema) throws SQLException {
        this.connection = connection;
        this.schema = schema;
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }

    /** What is to be done with a batch of rows. */
    interface Batch {
        void accept(List<ObjectNode> rows) throws SQLException;
    }

    /** The names of a table's columns; empty where there is no such table. */
    TreeSet<String> columns(String table) throws SQLException {
        TreeSet<String> columns = new TreeSet<>();
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "SELECT column_name FROM information_schema.columns WHERE table_schema = ?"
                                + " AND table_name = ?")) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    long count(String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + name(table))) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /**
     * All rows of a table, a batch at a time: never more of them in memory. Times are ISO 8601 in
     * UTC; those of a column without a time zone are taken for UTC, as Better Auth writes them.
     */
    void read(String table, int size, Batch batch) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(size);
            try (ResultSet rows = statement.executeQuery("SELECT * FROM " + name(table))) {
                List<ObjectNode> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(row(rows));
                    if (read.size() == size) {
                        batch.accept(read);
                        read = new ArrayList<>();
                    }
                }
                if (!read.isEmpty()) {
                    batch.accept(read);
                }
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            connection.rollback();
        }
    }

    private String name(String table) {
        return quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** The number as PostgreSQL writes it; one that JSON does not know, such as NaN, as a text. */
    private static JsonNode number(String text) {
        if (text == null) {
            return NullNode.instance;
        }
        return text.endsWith("N") || text.endsWith("y")
                ? TextNode.valueOf(text)
                : DecimalNode.valueOf(new BigDecimal(text));
    }

    private static ObjectNode row(ResultSet rows) throws SQLException {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        ResultSetMetaData columns = rows.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnName(i);
            switch (columns.getColumnTypeName(i)) {
                case "timestamptz" -> {
                    OffsetDateTime time = rows.getObject(i, OffsetDateTime.class);
                    row.put(name, time == null ? null : time.toInstant().toString());
                }
                case "timestamp" -> {
                    LocalDateTime time = rows.getObject(i, LocalDateTime.class);
                    row.put(name, time == null ? null : time.toInstant(ZoneOffset.UTC).toString());
                }
                case "bool" -> {
                    boolean value = rows.getBoolean(i);
                    row.put(name, rows.wasNull() ? null : (Boolean) value);
                }
                case "int2", "int4", "int8" -> {
                    long value = rows.getLong(i);
                    row.put(name, rows.wasNull() ? null : (Long) value);
                }
                case "numeric", "float4", "float8" -> row.set(name, number(rows.getString(i)));
                default -> row.put(name, rows.getString(i));
            }
        }
        return row;
    }
}
