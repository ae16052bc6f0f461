package dev.roster.directory.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.roster.directory.transfer.CsvHeader.Layout;
import dev.roster.platform.csv.Cell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.ZipException;

/** Reads the rows of a file one after the other, whichever its format, as objects with members. */
final class RowReader {

    /** Characters of one row; the attributes of one user are far below. */
    private static final int MAX_ROW = 1024 * 1024;

    /** As many as a spreadsheet has, which may all be written, empty. */
    private static final int MAX_COLUMNS = 16_384;

    private final ObjectMapper json;

    RowReader(ObjectMapper json) {
        this.json = json;
    }

    /** What is done with each row. */
    interface Rows {

        /**
         * @param line where the row begins, from 1
         * @param row its members
         */
        void take(long line, ObjectNode row) throws IOException;

        /** A line that is no row. */
        void refuse(long line, Fault fault) throws IOException;

        /** The first line with a column of {@link UserColumns#IGNORED}. */
        void ignore(long line, String column);
    }

    /**
     * Reads a file to its end.
     *
     * @param format null for whatever the first character tells
     * @throws MalformedFileException where it cannot be read as a whole
     * @throws IOException where it breaks off
     */
    void read(FileFormat format, InputStream body, Rows rows) throws IOException {
        try {
            BufferedReader text = new BufferedReader(FileText.open(body), 2 * CsvHeader.MAX_LINE);
            if (format == FileFormat.CSV || format == null && !beginsWithJson(text)) {
                readCsv(text, rows);
            } else {
                readLines(text, rows);
            }
        } catch (ZipException e) {
            throw new MalformedFileException("The body is not well-formed gzip");
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof ZipException) {
                throw new MalformedFileException("The body is not well-formed gzip");
            }
            throw e.getCause();
        }
    }

    private static boolean beginsWithJson(BufferedReader text) throws IOException {
        text.mark(CsvHeader.MAX_LINE);
        int c = text.read();
        for (int i = 2; i < CsvHeader.MAX_LINE && Character.isWhitespace(c); i++) {
            c = text.read();
        }
        text.reset();
        return c == '{' || c == '[';
    }

    // ---- csv

    private void readCsv(BufferedReader text, Rows rows) throws IOException {
        Layout layout = Layout.detect(text);
        CsvReader<CsvRecord> csv =
                CsvReader.builder()
                        .fieldSeparator(layout.separator())
                        .trimWhitespacesAroundQuotes(layout.spaced())
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .allowUnclosedQuote(false)
                        .maxBufferSize(MAX_ROW)
                        .build(
                                CsvRecordHandler.builder()
                                        .maxFields(MAX_COLUMNS)
                                        .maxFieldSize(MAX_ROW)
                                        .maxRecordSize(MAX_ROW)
                                        .build(),
                                text);
        try {
            CloseableIterator<CsvRecord> records = csv.iterator();
            if (!records.hasNext()) {
                throw new MalformedFileException("The file has no header row");
            }
            CsvRecord first = records.next();
            CsvHeader header = CsvHeader.of(first.getFields());
            long headerLine = layout.linesBefore() + first.getStartingLineNumber();
            header.columns().stream()
                    .filter(Objects::nonNull)
                    .filter(UserColumns.IGNORED::containsKey)
                    .forEach(column -> rows.ignore(headerLine, column));
            while (records.hasNext()) {
                CsvRecord record = records.next();
                take(
                        header.columns(),
                        layout.linesBefore() + record.getStartingLineNumber(),
                        record,
                        rows);
            }
        } catch (CsvParseException e) {
            if (e.getCause() instanceof MalformedFileException malformed) {
                // what is wrong with the bytes, and not with the CSV
                throw malformed;
            }
            throw new MalformedFileException("Not well-formed CSV: " + e.getMessage());
        }
    }

    private void take(List<String> columns, long line, CsvRecord record, Rows rows)
            throws IOException {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        Fault fault = misplaced(columns, record);
        int fields = Math.min(columns.size(), record.getFieldCount());
        for (int i = 0; fault == null && i < fields; i++) {
            String column = columns.get(i);
            if (column != null && !UserColumns.IGNORED.containsKey(column)) {
                fault = UserColumns.put(row, column, record.getField(i), json).orElse(null);
            }
        }
        if (fault == null && row.has(UserColumns.EMAIL)) {
            rows.take(line, row);
        } else if (record.getFields().stream().allMatch(RowReader::isBlank)) {
            // a line of separators, as spreadsheets write an empty row
            return;
        } else if (fault == null) {
            rows.take(line, row);
        } else {
            rows.refuse(line, fault);
        }
    }

    /** What is wrong with the number of fields; null for nothing, as for blank ones at the end. */
    private static Fault misplaced(List<String> columns, CsvRecord record) {
        int fields = record.getFieldCount();
        for (int i = 0; i < Math.max(fields, columns.size()); i++) {
            String column = i < columns.size() ? columns.get(i) : null;
            if (i >= fields
                    ? column != null
                    : i >= columns.size() && !isBlank(record.getField(i))) {
                return new Fault(
                        "", "has " + fields + " fields where the header has " + columns.size());
            }
            if (column == null && i < fields && !isBlank(record.getField(i))) {
                return new Fault("", "has a value in column " + (i + 1) + ", which has no name");
            }
        }
        return null;
    }

    private static boolean isBlank(String cell) {
        return Cell.stripped(cell).isEmpty();
    }

    // ---- ndjson

    private void readLines(Reader text, Rows rows) throws IOException {
        char[] buffer = new char[32 * 1024];
        StringBuilder line = new StringBuilder();
        Set<String> ignored = new HashSet<>();
        boolean tooLong = false;
        boolean behindReturn = false;
        long number = 1;
        for (int read = text.read(buffer); read >= 0; read = text.read(buffer)) {
            int from = 0;
            for (int i = 0; i < read; i++) {
                char c = buffer[i];
                if (c == '\n' && behindReturn) {
                    // the second half of a line end
                    from = i + 1;
                } else if (c == '\n' || c == '\r') {
                    line.append(buffer, from, i - from);
                    takeLine(number++, line, tooLong, ignored, rows);
                    line.setLength(0);
                    tooLong = false;
                    from = i + 1;
                }
                behindReturn = c == '\r';
            }
            line.append(buffer, from, read - from);
            if (line.length() > MAX_ROW) {
                // what follows to the end of the line is passed over
                tooLong = true;
                line.setLength(1);
            }
        }
        takeLine(number, line, tooLong, ignored, rows);
    }

    private void takeLine(
            long number, StringBuilder line, boolean tooLong, Set<String> ignored, Rows rows)
            throws IOException {
        if (tooLong || line.length() > MAX_ROW) {
            rows.refuse(number, new Fault("", "is longer than " + MAX_ROW + " characters"));
            return;
        }
        String text = Cell.stripped(line.toString());
        if (text.isEmpty()) {
            return;
        }
        ObjectNode row;
        try {
            row = json.readValue(text, ObjectNode.class);
        } catch (JsonProcessingException e) {
            rows.refuse(number, new Fault("", "is not one JSON object, or has a member twice"));
            return;
        }
        if (row == null) {
            rows.refuse(number, new Fault("", "is not one JSON object, or has a member twice"));
            return;
        }
        for (String column : UserColumns.IGNORED.keySet()) {
            if (row.remove(column) != null && ignored.add(column)) {
                rows.ignore(number, column);
            }
        }
        rows.take(number, row);
    }
}
