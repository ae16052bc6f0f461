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
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipException;

/** Reads the rows of a file one after the other, whichever its format, as objects with members. */
final class RowReader {

    /** Characters of one row; the attributes of one user are far below. */
    private static final int MAX_ROW = 1024 * 1024;

    private static final int MAX_COLUMNS = 200;

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
    }

    /**
     * Reads a file to its end.
     *
     * @throws MalformedFileException where it cannot be read as a whole
     * @throws IOException where it breaks off
     */
    void read(FileFormat format, InputStream body, Rows rows) throws IOException {
        try {
            Reader text =
                    new InputStreamReader(
                            withoutByteOrderMark(body),
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .onMalformedInput(CodingErrorAction.REPORT)
                                    .onUnmappableCharacter(CodingErrorAction.REPORT));
            if (format == FileFormat.CSV) {
                readCsv(text, rows);
            } else {
                readLines(text, rows);
            }
        } catch (CharacterCodingException e) {
            throw new MalformedFileException("The file is not UTF-8");
        } catch (ZipException e) {
            throw new MalformedFileException("The body is not well-formed gzip");
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new MalformedFileException("The file is not UTF-8");
            }
            if (e.getCause() instanceof ZipException) {
                throw new MalformedFileException("The body is not well-formed gzip");
            }
            throw e.getCause();
        }
    }

    private static InputStream withoutByteOrderMark(InputStream body) throws IOException {
        BufferedInputStream in = new BufferedInputStream(body, 64 * 1024);
        in.mark(3);
        byte[] mark = in.readNBytes(3);
        if (!Arrays.equals(mark, new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf})) {
            in.reset();
        }
        return in;
    }

    // ---- csv

    private void readCsv(Reader text, Rows rows) throws IOException {
        CsvReader<CsvRecord> csv =
                CsvReader.builder()
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
            List<String> header = records.next().getFields().stream().map(String::strip).toList();
            requireKnown(header);
            while (records.hasNext()) {
                CsvRecord record = records.next();
                if (record.getFieldCount() != header.size()) {
                    rows.refuse(
                            record.getStartingLineNumber(),
                            new Fault(
                                    "",
                                    "has "
                                            + record.getFieldCount()
                                            + " fields where the header has "
                                            + header.size()));
                } else {
                    take(header, record, rows);
                }
            }
        } catch (CsvParseException e) {
            if (e.getCause() instanceof MalformedFileException malformed) {
                // what is wrong with the bytes, and not with the CSV
                throw malformed;
            }
            throw new MalformedFileException("Not well-formed CSV: " + e.getMessage());
        }
    }

    private static void requireKnown(List<String> header) {
        Set<String> unknown = new TreeSet<>();
        Set<String> twice = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        for (String name : header) {
            if (!UserColumns.isKnown(name)) {
                unknown.add(name);
            }
            if (!seen.add(name)) {
                twice.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw new MalformedFileException(
                    "The header names unknown columns: " + String.join(", ", unknown));
        }
        if (!twice.isEmpty()) {
            throw new MalformedFileException(
                    "The header names columns twice: " + String.join(", ", twice));
        }
        if (!seen.contains(UserColumns.EMAIL)) {
            throw new MalformedFileException("The header has no column email");
        }
    }

    private void take(List<String> header, CsvRecord record, Rows rows) throws IOException {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < header.size(); i++) {
            String cell = record.getField(i);
            if (!cell.isEmpty()) {
                Optional<Fault> fault = UserColumns.put(row, header.get(i), cell, json);
                if (fault.isPresent()) {
                    rows.refuse(record.getStartingLineNumber(), fault.get());
                    return;
                }
            }
        }
        rows.take(record.getStartingLineNumber(), row);
    }

    // ---- ndjson

    private void readLines(Reader text, Rows rows) throws IOException {
        char[] buffer = new char[32 * 1024];
        StringBuilder line = new StringBuilder();
        boolean tooLong = false;
        long number = 1;
        for (int read = text.read(buffer); read >= 0; read = text.read(buffer)) {
            int from = 0;
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    line.append(buffer, from, i - from);
                    takeLine(number++, line, tooLong, rows);
                    line.setLength(0);
                    tooLong = false;
                    from = i + 1;
                }
            }
            line.append(buffer, from, read - from);
            if (line.length() > MAX_ROW) {
                // what follows to the end of the line is passed over
                tooLong = true;
                line.setLength(1);
            }
        }
        takeLine(number, line, tooLong, rows);
    }

    private void takeLine(long number, StringBuilder line, boolean tooLong, Rows rows)
            throws IOException {
        if (tooLong || line.length() > MAX_ROW) {
            rows.refuse(number, new Fault("", "is longer than " + MAX_ROW + " characters"));
            return;
        }
        String text = line.toString();
        if (text.isBlank()) {
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
        rows.take(number, row);
    }
}
