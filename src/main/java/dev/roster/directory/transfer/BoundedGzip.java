package dev.roster.directory.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** What a gzip stream holds, as long as it is in some proportion to the stream itself. */
final class BoundedGzip extends FilterInputStream {

    /** Lists of people shrink to a tenth or so; what was made to explode, to a thousandth. */
    private static final int MAX_RATIO = 100;

    /** Below this no ratio hurts. */
    private static final long HARMLESS = 16 * 1024 * 1024;

    private static final int BUFFER = 64 * 1024;

    private final Counting source;
    private long expanded;

    private BoundedGzip(Counting source) throws IOException {
        super(new GZIPInputStream(source, BUFFER));
        this.source = source;
    }

    static InputStream of(InputStream in) throws IOException {
        return new BoundedGzip(new Counting(in));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        expanded += Math.max(0, read);
        if (expanded > HARMLESS && expanded / MAX_RATIO > source.count) {
            throw new MalformedFileException(
                    "The body expands to more than " + MAX_RATIO + " times its size", true);
        }
        return read;
    }

    private static final class Counting extends FilterInputStream {

        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
