package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Writes rows into {@code import_rows} by one COPY, in PostgreSQL's text format. */
final class Staging implements AutoCloseable {

    private static final int FLUSH_CHARS = 32 * 1024;

    /** Those behind {@code faults}. */
    private static final int USER_COLUMNS = 29;

    private static final String COPY =
            "COPY import_rows (job_id, number, line, faults, user_id, external_id, name, email,"
                    + " email_verified, username, display_username, image, created_at,"
                    + " password_hash, credential_id, roles, groups, membership_ids, profile,"
                    + " first_name, last_name, bio, birth_date, phone, locale, timezone, website,"
                    + " attributes, id_given, status, banned, ban_reason, ban_expires) FROM STDIN";

    private final UUID jobId;
    private final CopyIn copy;
    private final StringBuilder text = new StringBuilder(2 * FLUSH_CHARS);
    private long rows;

    Staging(Connection connection, UUID jobId) throws SQLException {
        this.jobId = jobId;
        this.copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    }

    long rows() {
        return rows;
    }

    /** A row, whole or with its faults alone. */
    void put(long line, UserRow row) throws SQLException {
        rows++;
        field(jobId);
        field(rows);
        field(line);
        if (!row.faults.isEmpty()) {
            faults(row.faults);
            for (int i = 0; i < USER_COLUMNS; i++) {
                field(null);
            }
        } else {
            field(null);
            user(row);
        }
        text.setCharAt(text.length() - 1, '\n');
        if (text.length() > FLUSH_CHARS) {
            flush();
        }
    }

    private void user(UserRow row) {
        field(row.userId);
        field(row.externalId);
        field(row.name);
        field(row.email);
        field(row.emailVerified);
        field(row.username);
        field(row.displayUsername);
        field(row.image);
        field(row.createdAt);
        field(row.passwordHash);
        field(row.credentialId);
        array(row.roles, role -> role);
        array(row.groups, slug -> slug);
        array(row.groups, slug -> RowRules.newId().toString());
        field(row.profile);
        field(row.firstName);
        field(row.lastName);
        field(row.bio);
        field(row.birthDate);
        field(row.phone == null ? null : "\\x" + HexFormat.of().formatHex(row.phone));
        field(row.locale);
        field(row.timezone);
        field(row.website);
        field(row.attributes);
        field(row.idGiven);
        field(row.status);
        field(row.banned);
        field(row.banReason);
        field(row.banExpires);
    }

    private void faults(List<Fault> faults) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Fault fault : faults) {
            array.addObject().put("field", fault.field()).put("reason", fault.reason());
        }
        field(array);
    }

    /** One field and the tab behind it. */
    private void field(Object value) {
        if (value == null) {
            text.append("\\N\t");
            return;
        }
        escaped(value.toString());
        text.append('\t');
    }

    private void escaped(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(c);
            }
        }
    }

    /** An array literal; NULL for an empty one. */
    private void array(List<String> values, Function<String, String> element) {
        if (values.isEmpty()) {
            field(null);
            return;
        }
        StringBuilder literal = new StringBuilder("{");
        for (String value : values) {
            literal.append(literal.length() == 1 ? "\"" : ",\"")
                    .append(element.apply(value).replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        field(literal.append('}'));
    }

    private void flush() throws SQLException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        text.setLength(0);
    }

    /** Everything has been put; to be committed by the caller. */
    void finish() throws SQLException {
        flush();
        copy.endCopy();
    }

    /** Drops what was put, unless it is finished. */
    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
