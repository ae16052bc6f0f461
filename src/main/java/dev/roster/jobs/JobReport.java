package dev.roster.jobs;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.roster.platform.csv.Cell;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * The rows that a job refused and the columns that it ignored, in the order of its file; read in
 * pages, so that any number fits.
 */
@ApplicationScoped
public class JobReport {

    private static final int PAGE = 1000;

    private final ObjectMapper json;

    JobReport(ObjectMapper json) {
        this.json = json;
    }

    private record Refusal(long line, String field, String reason) {}

    private interface Rows {
        void write(Refusal refusal) throws IOException;
    }

    /**
     * Adds a line that tells of no refused row, on the caller's connection and in its transaction.
     */
    public static void note(
            Connection connection, UUID jobId, long line, String field, String reason)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "INSERT INTO job_refusals (job_id, line, field, reason) VALUES (?, ?, ?,"
                                + " ?)")) {
            statement.setObject(1, jobId);
            statement.setLong(2, line);
            statement.setString(3, field);
            statement.setString(4, reason);
            statement.executeUpdate();
        }
    }

    /** Whether a report has no line. */
    @Transactional
    public boolean isEmpty(UUID jobId) {
        return page(jobId, -1, "").isEmpty();
    }

    /**
     * {@code line,field,reason}, with a header. Fields are named by the file, which may be
     * anybody's.
     */
    public void writeCsv(UUID jobId, OutputStream out) throws IOException {
        CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(out);
        csv.writeRecord("line", "field", "reason");
        write(
                jobId,
                row ->
                        csv.writeRecord(
                                Long.toString(row.line), Cell.of(row.field), Cell.of(row.reason)));
        csv.flush();
    }

    /** An object with {@code line}, {@code field} and {@code reason} on each line. */
    public void writeLines(UUID jobId, OutputStream out) throws IOException {
        JsonGenerator lines = json.getFactory().createGenerator(out);
        lines.setPrettyPrinter(new MinimalPrettyPrinter(""));
        lines.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        write(
                jobId,
                row -> {
                    lines.writeStartObject();
                    lines.writeNumberField("line", row.line);
                    lines.writeStringField("field", row.field);
                    lines.writeStringField("reason", row.reason);
                    lines.writeEndObject();
                    lines.writeRaw('\n');
                });
        lines.flush();
    }

    private static void write(UUID jobId, Rows to) throws IOException {
        long line = -1;
        String field = "";
        List<Refusal> page;
        do {
            page = page(jobId, line, field);
            for (Refusal refusal : page) {
                to.write(refusal);
                line = refusal.line;
                field = refusal.field;
            }
        } while (page.size() == PAGE);
    }

    private static List<Refusal> page(UUID jobId, long line, String field) {
        List<?> rows =
                Job.getEntityManager()
                        .createNativeQuery(
                                "SELECT line, field, reason FROM job_refusals WHERE job_id = :job"
                                        + " AND (line, field) > (:line, :field) ORDER BY line,"
                                        + " field LIMIT :limit",
                                Object[].class)
                        .setParameter("job", jobId)
                        .setParameter("line", line)
                        .setParameter("field", field)
                        .setParameter("limit", PAGE)
                        .getResultList();
        return rows.stream()
                .map(Object[].class::cast)
                .map(row -> new Refusal((Long) row[0], (String) row[1], (String) row[2]))
                .toList();
    }
}
