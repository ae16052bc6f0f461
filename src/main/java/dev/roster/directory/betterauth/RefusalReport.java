package dev.roster.directory.betterauth;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** The file that names each refused row by its id and that of its user, and the sums of it. */
final class RefusalReport implements AutoCloseable {

    private static final String UNUSABLE_ROLE =
            " is left out: a role's name is lower-case letters, digits, _ and -";

    private final Path path;
    private final boolean resumed;
    private final PrintWriter file;
    private final Map<String, Long> reasons = new LinkedHashMap<>();
    private long refused;

    /**
     * @param resumed whether it follows that of a run before
     */
    RefusalReport(Path path, boolean resumed) throws IOException {
        this.path = path;
        this.resumed = resumed;
        this.file =
                new PrintWriter(
                        Files.newBufferedWriter(
                                path,
                                StandardCharsets.UTF_8,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                resumed
                                        ? StandardOpenOption.APPEND
                                        : StandardOpenOption.TRUNCATE_EXISTING),
                        true);
    }

    void refuse(Step step, ObjectNode row, String reason) {
        refused++;
        count(step.table(), reason);
        ObjectNode entry = entry(step.table(), row.path("id").asText(), reason);
        step.userOf(row).ifPresent(user -> entry.put("user", user));
        file.println(entry);
    }

    /** The user is taken over without the role. */
    void refuseRole(ObjectNode user, String role) {
        refused++;
        count("user", "the role " + role + UNUSABLE_ROLE);
        String id = user.path("id").asText();
        file.println(
                entry("user", id, "its role" + UNUSABLE_ROLE).put("user", id).put("role", role));
    }

    /** Counts a row, whether it is named or not. */
    void count(String table, String reason) {
        reasons.merge(table + ": " + reason, 1L, Long::sum);
    }

    private static ObjectNode entry(String table, String id, String reason) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("table", table)
                .put("id", id)
                .put("reason", reason);
    }

    /** Whether nothing was refused, by the run before neither. */
    boolean isEmpty() throws IOException {
        return refused == 0 && (!resumed || Files.size(path) == 0);
    }

    String summary() throws IOException {
        return isEmpty() ? "Nothing was refused." : refused + " rows were refused: see " + path;
    }

    Map<String, Long> reasons() {
        return reasons;
    }

    @Override
    public void close() {
        file.close();
    }
}
