package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.directory.transfer.Importer.Importing;
import dev.roster.directory.transfer.Importer.Options;
import dev.roster.jobs.JobReport;
import dev.roster.jobs.JobRunner;
import dev.roster.jobs.JobView;
import dev.roster.jobs.Jobs;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.enterprise.context.control.ActivateRequestContext;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * The command {@code import}: the same job as by HTTP, on the database itself. 0 when every row was
 * taken or skipped, 2 when some were refused, 1 when the job failed, else as sysexits.h has it; of
 * several jobs that are resumed, the worst.
 */
public class ImportUsers implements QuarkusApplication {

    public static final String USAGE =
            "import <file> [--format csv|ndjson] [--dry-run] [--skip-duplicates] [--report <file>]"
                    + " | import --resume";

    private static final int REFUSED = 2;
    private static final int FAILED = 1;
    private static final int USAGE_ERROR = 64;
    private static final int DATA_ERROR = 65;
    private static final int NO_INPUT = 66;

    private static final Path REPORT = Path.of("import-refused.csv");

    private static final long POLL_MILLIS = 200;

    private final Importer importer;
    private final Jobs jobs;
    private final JobRunner runner;
    private final JobReport report;
    private final ObjectMapper json;

    ImportUsers(
            Importer importer, Jobs jobs, JobRunner runner, JobReport report, ObjectMapper json) {
        this.importer = importer;
        this.jobs = jobs;
        this.runner = runner;
        this.report = report;
        this.json = json;
    }

    /**
     * What was asked for.
     *
     * @param format null for whatever the file's first character tells
     * @param report null where it was not said
     */
    private record Arguments(
            Path file,
            FileFormat format,
            boolean dryRun,
            boolean skip,
            Path report,
            boolean resume) {

        static Arguments parse(String[] args) {
            Path file = null;
            FileFormat format = null;
            boolean dryRun = false;
            boolean skip = false;
            boolean resume = false;
            Path report = null;
            for (int i = 1; i < args.length; i++) {
                switch (args[i]) {
                    case "--dry-run" -> dryRun = true;
                    case "--skip-duplicates" -> skip = true;
                    case "--resume" -> resume = true;
                    case "--format" -> format = format(value(args, ++i));
                    case "--report" -> report = Path.of(value(args, ++i));
                    default -> {
                        if (args[i].startsWith("--") || file != null) {
                            throw new UsageException("Unknown: " + args[i]);
                        }
                        file = Path.of(args[i]);
                    }
                }
            }
            if (resume == (file != null)) {
                throw new UsageException("Name one file, or --resume");
            }
            if (resume && report != null) {
                throw new UsageException("Resumed jobs have a report each, named by the job");
            }
            if (file != null && format == null) {
                format = FileFormat.of(ending(file)).orElse(null);
            }
            return new Arguments(file, format, dryRun, skip, report, resume);
        }

        private static String value(String[] args, int i) {
            if (i == args.length) {
                throw new UsageException("A value is missing behind " + args[i - 1]);
            }
            return args[i];
        }

        private static FileFormat format(String name) {
            return FileFormat.of(name)
                    .orElseThrow(() -> new UsageException("Say --format csv or --format ndjson"));
        }

        private static String ending(Path file) {
            String name = file.getFileName().toString().replaceFirst("(?i)\\.gz$", "");
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }

    @Override
    @ActivateRequestContext
    public int run(String... args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        boolean terminal = ProgressLine.isTerminal(ProgressLine.OUT);
        try {
            Arguments arguments = Arguments.parse(args);
            if (arguments.resume()) {
                return resume(out, terminal);
            }
            if (arguments.report() != null) {
                requireWritable(arguments.report());
            }
            UUID jobId = stage(arguments, new ProgressLine(out, terminal));
            Path to = arguments.report() == null ? REPORT : arguments.report();
            return finish(jobId, to, out, terminal);
        } catch (UsageException e) {
            out.println(e.getMessage());
            out.println(USAGE);
            return USAGE_ERROR;
        } catch (NoSuchFileException e) {
            out.println("There is no file " + e.getMessage());
            return NO_INPUT;
        } catch (MalformedFileException e) {
            out.println(e.getMessage() + ". Nothing was loaded.");
            return DATA_ERROR;
        } catch (EOFException e) {
            out.println("The file breaks off. Nothing was loaded.");
            return DATA_ERROR;
        } catch (SQLException e) {
            out.println("The database says: " + e.getMessage() + ". Nothing was loaded.");
            return FAILED;
        }
    }

    /** Goes on with whatever a dead process left, and waits for what a live one is at. */
    private int resume(PrintStream out, boolean terminal) throws IOException, InterruptedException {
        List<UUID> unfinished = jobs.unfinished();
        int worst = 0;
        for (UUID jobId : unfinished) {
            // one file for each: none is to take the place of another's
            Path to = Path.of("import-refused-" + jobId + ".csv");
            int code = finish(jobId, to, out, terminal);
            worst = worst == FAILED || code == FAILED ? FAILED : Math.max(worst, code);
        }
        out.println(
                unfinished.isEmpty()
                        ? "Nothing waits."
                        : unfinished.size() + " jobs were brought to their end.");
        return worst;
    }

    /**
     * Whoever names a report learns that it cannot be written before anything is loaded.
     *
     * @throws UsageException where it cannot
     */
    private static void requireWritable(Path report) {
        boolean there = Files.exists(report);
        try {
            Files.newOutputStream(report, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
            if (!there) {
                Files.delete(report.toRealPath());
            }
        } catch (IOException e) {
            throw new UsageException("The report cannot be written: " + e.getMessage());
        }
    }

    private UUID stage(Arguments arguments, ProgressLine progress)
            throws IOException, SQLException {
        long size = Files.size(arguments.file());
        try (InputStream file =
                new BufferedInputStream(
                        new Counting(
                                Files.newInputStream(arguments.file()),
                                read ->
                                        progress.tell(
                                                "reading", read, size, ProgressLine.size(read))))) {
            Options options =
                    new Options(
                            arguments.format(), isGzip(file), arguments.dryRun(), arguments.skip());
            UUID jobId = importer.stage(file, options, Importing.OPERATOR, null).jobId();
            progress.end("reading", size, size, ProgressLine.size(size));
            return jobId;
        }
    }

    private static boolean isGzip(InputStream file) throws IOException {
        file.mark(2);
        boolean gzip = file.read() == 0x1f && file.read() == 0x8b;
        file.reset();
        return gzip;
    }

    private int finish(UUID jobId, Path report, PrintStream out, boolean terminal)
            throws IOException, InterruptedException {
        out.println("Job " + jobId);
        return tell(finish(jobId, new ProgressLine(out, terminal)), report, out);
    }

    /** Does the job, or watches it where a service was faster, to its end. */
    private JobView finish(UUID jobId, ProgressLine progress) throws InterruptedException {
        Thread work =
                new Thread(
                        () -> {
                            while (jobs.view(jobId).finishedAt() == null) {
                                if (!runner.run(jobId)) {
                                    sleep();
                                }
                            }
                        },
                        "import");
        work.setDaemon(true);
        work.start();
        JobView job = jobs.view(jobId);
        while (job.finishedAt() == null) {
            progress.tell("merging", job.processed(), job.total(), rate(job));
            sleep();
            if (!work.isAlive() && jobs.view(jobId).finishedAt() == null) {
                throw new IllegalStateException("The job stopped; the log says why");
            }
            job = jobs.view(jobId);
        }
        work.join();
        progress.end("merging", job.processed(), job.total(), rate(job));
        return job;
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String rate(JobView job) {
        return Optional.ofNullable(job.rowsPerSecond())
                .map(
                        rate ->
                                String.format(
                                                Locale.ROOT,
                                                "%,d rows, %,.0f a second",
                                                job.processed(),
                                                rate)
                                        + (job.secondsLeft() == null
                                                ? ""
                                                : ", " + job.secondsLeft() + " s left"))
                .orElse("");
    }

    private int tell(JobView job, Path to, PrintStream out) throws IOException {
        out.printf(
                Locale.ROOT,
                "%s: %,d of %,d rows %s, %,d skipped, %,d refused%n",
                job.status(),
                job.succeeded(),
                job.total(),
                json.readTree(job.parameters()).path("dryRun").asBoolean()
                        ? "can be taken"
                        : "taken",
                job.skipped(),
                job.refused());
        if (job.error() != null) {
            out.println(job.error());
        }
        if (!report.isEmpty(job.id())) {
            write(job.id(), to, out);
        }
        if (!job.status().equals("done")) {
            return FAILED;
        }
        return job.refused() > 0 ? REFUSED : 0;
    }

    /** The rows are loaded: a report that cannot be written makes that no failure. */
    private void write(UUID jobId, Path to, PrintStream out) {
        try {
            try (OutputStream file = Files.newOutputStream(to)) {
                report.writeCsv(jobId, file);
            }
            out.println("See " + to);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("The report could not be written: " + e.getMessage());
            System.err.println("The service has it at /api/v1/jobs/" + jobId + "/report");
        }
    }

    private static final class Counting extends FilterInputStream {

        private final LongConsumer listener;
        private long count;

        Counting(InputStream in, LongConsumer listener) {
            super(in);
            this.listener = listener;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            count += Math.max(0, read);
            listener.accept(count);
            return read;
        }
    }
}
