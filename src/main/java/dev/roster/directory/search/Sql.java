package dev.roster.directory.search;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGStatement;

/** A statement or a part of one, with the values of its parameters. */
public final class Sql {

    private final StringBuilder text = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    static Sql of(String text, Object... values) {
        return new Sql().add(text, values);
    }

    /**
     * @param values one for each question mark: texts, numbers, UUIDs, dates, times, and arrays of
     *     texts or UUIDs
     */
    Sql add(String more, Object... values) {
        text.append(more);
        this.values.addAll(List.of(values));
        return this;
    }

    Sql add(Sql more) {
        text.append(more.text);
        values.addAll(more.values);
        return this;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** The text, with a question mark for each of the {@link #values}. */
    public String text() {
        return text.toString();
    }

    /** As {@link #bind} sets them. */
    public List<Object> values() {
        return List.copyOf(values);
    }

    /**
     * To be run once: the planner sees the values, of which it depends which index is the right
     * one. A plan for any values would be that of the most frequent ones.
     */
    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text());
        try {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            bind(connection, statement, 1);
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /**
     * Sets the values in a statement that this is a part of.
     *
     * @param first the number of the first of them
     */
    public void bind(Connection connection, PreparedStatement statement, int first)
            throws SQLException {
        int number = first;
        for (Object value : values) {
            if (value instanceof Instant instant) {
                statement.setObject(number, time(instant));
            } else if (value instanceof String[] texts) {
                statement.setArray(number, array(connection, "text", texts));
            } else if (value instanceof UUID[] ids) {
                statement.setArray(number, array(connection, "uuid", ids));
            } else if (value instanceof UUID id) {
                statement.setObject(number, id, Types.OTHER);
            } else {
                statement.setObject(number, value);
            }
            number++;
        }
    }

    private static Array array(Connection connection, String type, Object[] elements)
            throws SQLException {
        return connection.createArrayOf(type, elements);
    }

    /** The driver writes the least time as -infinity. */
    private static OffsetDateTime time(Instant instant) {
        return instant.equals(Instant.MIN) ? OffsetDateTime.MIN : instant.atOffset(ZoneOffset.UTC);
    }

    /** The reverse, null for null. */
    static Instant instant(OffsetDateTime time) {
        if (time == null) {
            return null;
        }
        return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
    }

    @Override
    public String toString() {
        return text + " " + values;
    }
}
