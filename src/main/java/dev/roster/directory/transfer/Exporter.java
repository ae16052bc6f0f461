package dev.roster.directory.transfer;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.roster.directory.search.Sql;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.csv.Cell;
import dev.roster.platform.persistence.LongConnections;
import dev.roster.platform.problem.OverloadedException;
import dev.roster.platform.problem.ProblemException;
import dev.roster.users.Profile;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/**
 * Writes users into a stream. Which users is settled when it begins, by one statement; each page is
 * read when the reader has taken the one before, so no connection waits for a slow reader, and a
 * user is written as they are then. No secret is among the columns.
 */
@ApplicationScoped
class Exporter {

    /** Each holds a thread, and 16 bytes for each user, for as long as its reader takes. */
    private static final int AT_ONCE = 2;

    private static final Duration RETRY = Duration.ofSeconds(30);
    private static final int IDS_AT_ONCE = 10_000;
    private static final int PAGE = 500;

    private static final String SELECT =
            """
            SELECT u.id, u.external_id, u.email, u.name, u.email_verified, u.username, u.display_username, u.image, u.status,
                u.banned, u.ban_reason, u.ban_expires, u.created_at, u.updated_at, u.deleted_at, u.two_factor_enabled,
                (SELECT array_agg(r.name ORDER BY g.granted_at, r.name)
                    FROM role_grants g JOIN roles r ON r.id = g.role_id WHERE g.user_id = u.id) AS roles,
                (SELECT array_agg(o.slug ORDER BY o.slug)
                    FROM memberships m JOIN groups o ON o.id = m.group_id WHERE m.user_id = u.id) AS groups,
                p.first_name, p.last_name, p.bio, p.birth_date, p.phone, p.locale, p.timezone, p.website, p.attributes::text
            FROM users u LEFT JOIN user_profiles p ON p.user_id = u.id WHERE u.id = ANY (?) ORDER BY u.id
            """;

    private final LongConnections connections;
    private final DataSource pool;
    private final SecretBox box;
    private final ObjectMapper json;
    private final Semaphore places = new Semaphore(AT_ONCE);

    Exporter(LongConnections connections, DataSource pool, SecretBox box, ObjectMapper json) {
        this.connections = connections;
        this.pool = pool;
        this.box = box;
        this.json = json;
    }

    /**
     * What a file looks like.
     *
     * @param byteOrderMark whether it begins with one, by which Excel knows UTF-8; for CSV alone
     */
    record File(FileFormat format, boolean byteOrderMark) {

        /**
         * @throws ProblemException 400 for a byte order mark that no reader expects
         */
        static File of(FileFormat format, boolean byteOrderMark) {
            if (byteOrderMark && format != FileFormat.CSV) {
                throw ProblemException.invalidParameter(Exports.MARK, "is for CSV alone");
            }
            return new File(format, byteOrderMark);
        }
    }

    /**
     * Writes users in the order of their ids.
     *
     * @param ids a query of the users' ids
     * @param progress is told the number now and then, and at the end
     * @throws OverloadedException where too many are at it; nothing is written then
     * @throws IOException where the reader is gone
     */
    void write(File file, Sql ids, OutputStream out, LongConsumer progress)
            throws IOException, SQLException {
        if (!places.tryAcquire()) {
            throw new OverloadedException("Too many exports at once", RETRY);
        }
        try {
            long[] selected = select(ids);
            ByteArrayOutputStream page = new ByteArrayOutputStream();
            Format to =
                    file.format() == FileFormat.CSV
                            ? new Csv(page, file.byteOrderMark())
                            : new Lines(page);
            long count = 0;
            for (int from = 0; from < selected.length; from += 2 * PAGE) {
                count += write(page(selected, from), to);
                progress.accept(count);
                to.flush();
                page.writeTo(out);
                page.reset();
            }
            // the header of a file without users
            to.flush();
            page.writeTo(out);
            progress.accept(count);
        } finally {
            places.release();
        }
    }

    /** The ids, in order; two numbers for each. */
    private long[] select(Sql ids) throws SQLException {
        // a filter among millions may take longer than a request may wait for the pool's
        // connections
        try (Connection connection = connections.open()) {
            connection.setReadOnly(true);
            // without it the driver would fetch everything at once
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement(
                            "SELECT u.id FROM users u WHERE u.id IN ("
                                    + ids.text()
                                    + ") ORDER BY u.id")) {
                statement.setFetchSize(IDS_AT_ONCE);
                ids.bind(connection, statement, 1);
                LongStream.Builder selected = LongStream.builder();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        UUID id = rows.getObject(1, UUID.class);
                        selected.add(id.getMostSignificantBits());
                        selected.add(id.getLeastSignificantBits());
                    }
                }
                return selected.build().toArray();
            }
        }
    }

    private static UUID[] page(long[] selected, int from) {
        UUID[] ids = new UUID[Math.min(PAGE, (selected.length - from) / 2)];
        Arrays.setAll(ids, i -> new UUID(selected[from + 2 * i], selected[from + 2 * i + 1]));
        return ids;
    }

    /** Into memory: the connection goes back before the reader gets anything. */
    private int write(UUID[] ids, Format to) throws IOException, SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setArray(1, connection.createArrayOf("uuid", ids));
            try (ResultSet rows = statement.executeQuery()) {
                return write(rows, to);
            }
        }
    }

    private int write(ResultSet rows, Format to) throws IOException, SQLException {
        int count = 0;
        while (rows.next()) {
            to.begin();
            to.text("id", rows.getString("id"));
            to.text("externalId", rows.getString("external_id"));
            to.text("email", rows.getString("email"));
            to.text("name", rows.getString("name"));
            to.truth("emailVerified", rows.getBoolean("email_verified"));
            to.text("username", rows.getString("username"));
            to.text("displayUsername", rows.getString("display_username"));
            to.text("image", rows.getString("image"));
            to.text("status", rows.getString("status"));
            to.truth("banned", rows.getBoolean("banned"));
            to.text("banReason", rows.getString("ban_reason"));
            to.text("banExpires", time(rows, "ban_expires"));
            to.truth("twoFactorEnabled", rows.getBoolean("two_factor_enabled"));
            to.texts("roles", texts(rows, "roles"));
            to.texts("groups", texts(rows, "groups"));
            to.text("createdAt", time(rows, "created_at"));
            to.text("updatedAt", time(rows, "updated_at"));
            to.text("deletedAt", time(rows, "deleted_at"));
            to.text("firstName", rows.getString("first_name"));
            to.text("lastName", rows.getString("last_name"));
            to.text("bio", rows.getString("bio"));
            to.text("birthDate", rows.getString("birth_date"));
            to.harmless("phone", phone(rows));
            to.text("locale", rows.getString("locale"));
            to.text("timezone", rows.getString("timezone"));
            to.text("website", rows.getString("website"));
            to.json("attributes", rows.getString("attributes"));
            to.end();
            count++;
        }
        return count;
    }

    private String phone(ResultSet row) throws SQLException {
        byte[] sealed = row.getBytes("phone");
        return sealed == null
                ? null
                : Profile.openPhone(row.getObject("id", UUID.class), sealed, box);
    }

    private String time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : json.convertValue(time.toInstant(), String.class);
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /** One way of writing users. */
    private interface Format {
        void begin() throws IOException;

        void text(String name, String value) throws IOException;

        /** A text that no program takes for a formula. */
        void harmless(String name, String value) throws IOException;

        void truth(String name, boolean value) throws IOException;

        void texts(String name, List<String> values) throws IOException;

        void json(String name, String value) throws IOException;

        void end() throws IOException;

        void flush() throws IOException;
    }

    /** An object on each line. */
    private final class Lines implements Format {

        private final JsonGenerator lines;

        Lines(OutputStream out) throws IOException {
            lines = json.getFactory().createGenerator(out);
            lines.setPrettyPrinter(new MinimalPrettyPrinter(""));
            lines.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            lines.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
        }

        @Override
        public void begin() throws IOException {
            lines.writeStartObject();
        }

        @Override
        public void text(String name, String value) throws IOException {
            lines.writeStringField(name, value);
        }

        @Override
        public void harmless(String name, String value) throws IOException {
            lines.writeStringField(name, value);
        }

        @Override
        public void truth(String name, boolean value) throws IOException {
            lines.writeBooleanField(name, value);
        }

        @Override
        public void texts(String name, List<String> values) throws IOException {
            lines.writeArrayFieldStart(name);
            for (String value : values) {
                lines.writeString(value);
            }
            lines.writeEndArray();
        }

        @Override
        public void json(String name, String value) throws IOException {
            lines.writeFieldName(name);
            lines.writeRawValue(value == null ? "{}" : value);
        }

        @Override
        public void end() throws IOException {
            lines.writeEndObject();
            lines.writeRaw('\n');
        }

        @Override
        public void flush() throws IOException {
            lines.flush();
        }
    }

    /** RFC 4180, with nothing that a spreadsheet would take for a formula. */
    private final class Csv implements Format {

        private static final List<String> HEADER =
                List.of(
                        "id",
                        "externalId",
                        "email",
                        "name",
                        "emailVerified",
                        "username",
                        "displayUsername",
                        "image",
                        "status",
                        "banned",
                        "banReason",
                        "banExpires",
                        "twoFactorEnabled",
                        "roles",
                        "groups",
                        "createdAt",
                        "updatedAt",
                        "deletedAt",
                        "firstName",
                        "lastName",
                        "bio",
                        "birthDate",
                        "phone",
                        "locale",
                        "timezone",
                        "website",
                        "attributes");

        private final CsvWriter csv;
        private CsvWriter.CsvWriterRecord record;

        Csv(OutputStream out, boolean byteOrderMark) throws IOException {
            if (byteOrderMark) {
                out.write("\ufeff".getBytes(StandardCharsets.UTF_8));
            }
            csv = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(out);
            csv.writeRecord(HEADER);
        }

        @Override
        public void begin() {
            record = csv.writeRecord();
        }

        @Override
        public void text(String name, String value) {
            record.writeField(Cell.of(value));
        }

        @Override
        public void harmless(String name, String value) {
            record.writeField(value);
        }

        @Override
        public void truth(String name, boolean value) {
            record.writeField(Boolean.toString(value));
        }

        @Override
        public void texts(String name, List<String> values) {
            text(name, UserColumns.cell(values, json));
        }

        @Override
        public void json(String name, String value) {
            record.writeField(value == null || value.equals("{}") ? "" : value);
        }

        @Override
        public void end() {
            record.endRecord();
        }

        @Override
        public void flush() throws IOException {
            csv.flush();
        }
    }
}
