package dev.roster.directory.transfer;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How far a command is: a bar that moves on a terminal, else a line now and then. */
final class ProgressLine {

    /** Descriptors of the standard streams. */
    static final int OUT = 1;

    static final int ERR = 2;

    private static final int WIDTH = 30;
    private static final long ON_TERMINAL = 100_000_000L;
    private static final long OTHERWISE = 5_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private long told;
    private int length;

    ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.told = System.nanoTime();
    }

    /**
     * Whether a standard stream is a terminal, as Linux tells. Elsewhere whether there is a
     * console, which is less: there is none once any of the streams is redirected, and on Java 22
     * to 24 there always is.
     */
    static boolean isTerminal(int descriptor) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return file.startsWith("/dev/pts/")
                    || file.startsWith("/dev/tty")
                    || file.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null;
        }
    }

    /**
     * Tells of it, unless it has just done so.
     *
     * @param total 0 where nobody knows
     * @param more what else there is to say
     */
    void tell(String what, long done, long total, String more) {
        if (System.nanoTime() - told > (terminal ? ON_TERMINAL : OTHERWISE)) {
            print(what, done, total, more);
        }
    }

    /** Tells of it for the last time. */
    void end(String what, long done, long total, String more) {
        print(what, done, total, more);
        if (terminal) {
            out.println();
            length = 0;
        }
    }

    private void print(String what, long done, long total, String more) {
        told = System.nanoTime();
        String line =
                total == 0
                        ? String.format(Locale.ROOT, "%-8s %,d  %s", what, done, more)
                        : terminal
                                ? String.format(
                                        Locale.ROOT,
                                        "%-8s %s %3d %%  %s",
                                        what,
                                        bar(done, total),
                                        done * 100 / total,
                                        more)
                                : String.format(
                                        Locale.ROOT,
                                        "%-8s %3d %%  %s",
                                        what,
                                        done * 100 / total,
                                        more);
        if (terminal) {
            // what the line before was longer by is painted over
            out.print("\r" + line + " ".repeat(Math.max(0, length - line.length())));
            out.flush();
            length = line.length();
        } else {
            out.println(line.stripTrailing());
        }
    }

    private static String bar(long done, long total) {
        int full = (int) Math.min(WIDTH, done * WIDTH / total);
        return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "]";
    }

    /** A number of bytes for people. */
    static String size(long bytes) {
        return bytes < 1024 * 1024
                ? String.format(Locale.ROOT, "%,d KiB", bytes / 1024)
                : String.format(Locale.ROOT, "%,.1f MiB", bytes / 1024.0 / 1024.0);
    }
}
