package dev.roster.directory.transfer;

import dev.roster.platform.csv.Cell;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The columns of a CSV file.
 *
 * @param columns the column of each field; null for a field without a name
 */
record CsvHeader(List<String> columns) {

    /** Characters in which the first line has to end for its separator to be detected. */
    static final int MAX_LINE = 32 * 1024;

    private static final int MAX_NAME = 60;
    private static final int MAX_UNKNOWN = 20;
    private static final String SEPARATORS = ",;\t|";

    /** The line by which Excel tells itself the separator. */
    private static final Pattern SEPARATOR_LINE =
            Pattern.compile("\"?sep=([^\\r\\n])\"?[,;\\t|]*", Pattern.CASE_INSENSITIVE);

    private static final Pattern LINE_ENDS = Pattern.compile("[\\r\\n]+");

    private static final Pattern BLANK_BEFORE_QUOTE = Pattern.compile("[,;\\t|][ \\u00a0]+\"");

    /**
     * How fields are told apart.
     *
     * @param separator between two fields
     * @param spaced whether there are blanks between separators and quotes
     * @param linesBefore lines in front of the header
     */
    record Layout(char separator, boolean spaced, int linesBefore) {

        /** Detects the layout by the first lines of a file, and reads the header's next. */
        static Layout detect(BufferedReader text) throws IOException {
            String line = peek(text);
            Matcher told = SEPARATOR_LINE.matcher(line);
            if (told.matches()) {
                text.readLine();
                return new Layout(
                        told.group(1).charAt(0), BLANK_BEFORE_QUOTE.matcher(peek(text)).find(), 1);
            }
            char best = ',';
            long most = 0;
            for (char separator : SEPARATORS.toCharArray()) {
                long known = known(line, separator);
                if (known > most) {
                    best = separator;
                    most = known;
                }
            }
            return new Layout(best, BLANK_BEFORE_QUOTE.matcher(line).find(), 0);
        }

        private static long known(String line, char separator) {
            return Pattern.compile(Pattern.quote(String.valueOf(separator)))
                    .splitAsStream(line)
                    .filter(name -> UserColumns.find(name).isPresent())
                    .count();
        }

        /** The next line that is not blank, without reading it. */
        private static String peek(BufferedReader text) throws IOException {
            text.mark(MAX_LINE);
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < MAX_LINE - 1; i++) {
                int c = text.read();
                if (c < 0 || (c == '\n' || c == '\r') && !line.toString().isBlank()) {
                    break;
                }
                line.append((char) c);
            }
            text.reset();
            return LINE_ENDS.matcher(line).replaceAll("");
        }
    }

    /**
     * Understands a header row.
     *
     * @throws MalformedFileException where it names unknown columns, one of them twice, or no
     *     address
     */
    static CsvHeader of(List<String> fields) {
        List<String> columns = new ArrayList<>();
        Set<String> unknown = new TreeSet<>();
        Set<String> twice = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        for (String field : fields) {
            String name = Cell.stripped(field);
            Optional<String> column = UserColumns.find(name);
            columns.add(column.orElse(null));
            if (column.isEmpty() && !name.isEmpty()) {
                unknown.add(name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "…" : name);
            }
            if (column.isPresent() && !seen.add(column.get())) {
                twice.add(column.get());
            }
        }
        if (!unknown.isEmpty()) {
            throw new MalformedFileException(
                    "The header names unknown columns: "
                            + unknown.stream().limit(MAX_UNKNOWN).collect(Collectors.joining(", "))
                            + ". Allowed are "
                            + UserColumns.all());
        }
        if (!twice.isEmpty()) {
            throw new MalformedFileException(
                    "The header names columns twice: " + String.join(", ", twice));
        }
        if (!seen.contains(UserColumns.EMAIL)) {
            throw new MalformedFileException("The header has no column email");
        }
        return new CsvHeader(columns);
    }
}
