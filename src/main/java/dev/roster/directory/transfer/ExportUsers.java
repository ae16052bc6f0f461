package dev.roster.directory.transfer;

import dev.roster.audit.AuditAction;
import dev.roster.directory.search.Sql;
import dev.roster.platform.problem.ProblemException;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.enterprise.context.control.ActivateRequestContext;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command {@code export}: the file on standard output or into a file, what there is to say on
 * standard error.
 */
public class ExportUsers implements QuarkusApplication {

    public static final String USAGE =
            "export [--format ndjson|csv] [--bom] [--output <file>] [<filter>=<value> ...]";

    private static final int FAILED = 1;
    private static final int USAGE_ERROR = 64;

    private final Exporter exporter;
    private final Exports exports;

    ExportUsers(Exporter exporter, Exports exports) {
        this.exporter = exporter;
        this.exports = exports;
    }

    @Override
    @ActivateRequestContext
    public int run(String... args) throws IOException {
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Map<String, List<String>> filters = new LinkedHashMap<>();
        FileFormat format = FileFormat.NDJSON;
        boolean byteOrderMark = false;
        String output = null;
        ProgressLine progress = new ProgressLine(err, ProgressLine.isTerminal(ProgressLine.ERR));
        try {
            for (int i = 1; i < args.length; i++) {
                if (args[i].equals("--format") && i + 1 < args.length) {
                    format =
                            FileFormat.of(args[++i])
                                    .orElseThrow(() -> new UsageException("Formats: ndjson, csv"));
                } else if (args[i].equals("--bom")) {
                    byteOrderMark = true;
                } else if (args[i].equals("--output") && i + 1 < args.length) {
                    output = args[++i];
                } else if (!args[i].startsWith("-") && args[i].indexOf('=') > 0) {
                    int sign = args[i].indexOf('=');
                    filters.computeIfAbsent(args[i].substring(0, sign), n -> new ArrayList<>())
                            .add(args[i].substring(sign + 1));
                } else {
                    throw new UsageException("Unknown: " + args[i]);
                }
            }
            Exporter.File file = Exporter.File.of(format, byteOrderMark);
            Sql ids = exports.ids(Exports.filter(filters));
            exports.record(AuditAction.USERS_EXPORTED, null, format, filters);
            try (OutputStream out =
                    new BufferedOutputStream(
                            output == null
                                    ? new FileOutputStream(FileDescriptor.out)
                                    : new FileOutputStream(output))) {
                long[] written = new long[1];
                exporter.write(
                        file,
                        ids,
                        out,
                        count -> {
                            written[0] = count;
                            progress.tell("writing", count, 0, "users");
                        });
                out.flush();
                progress.end("written", written[0], 0, "users");
            }
            return 0;
        } catch (UsageException e) {
            err.println(e.getMessage());
            err.println(USAGE);
            return USAGE_ERROR;
        } catch (ProblemException e) {
            e.violations().forEach(v -> err.println(v.field() + " " + v.message()));
            err.println(USAGE);
            return USAGE_ERROR;
        } catch (SQLException e) {
            err.println("The database says: " + e.getMessage() + ". The file is not whole.");
            return FAILED;
        }
    }
}
