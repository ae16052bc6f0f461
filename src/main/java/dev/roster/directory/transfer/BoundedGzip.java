package dev.roster.directory.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What a gzip stream holds (RFC 1952), all its members one behind the other, as long as it is in
 * some proportion to the stream itself.
 *
 * <p>{@link java.util.zip.GZIPInputStream} keeps silent about what is behind a member and is none,
 * and on Java 17 takes a member that has yet to arrive for the end.
 */
final class BoundedGzip extends InputStream {

    /** Lists of people shrink to a tenth or so; what was made to explode, to a thousandth. */
    private static final int MAX_RATIO = 100;

    /** Below this no ratio hurts. */
    private static final long HARMLESS = 16 * 1024 * 1024;

    private static final int BUFFER = 64 * 1024;

    private static final int DEFLATE = 8;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();

    /** Of it the bytes from {@code at} to {@code end} have not been used. */
    private final byte[] buffer = new byte[BUFFER];

    private int at;
    private int end;

    private boolean inMember;
    private long members;
    private long taken;
    private long expanded;

    BoundedGzip(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * @throws ZipException where the stream is no gzip
     * @throws EOFException where it breaks off
     * @throws MalformedFileException where it expands too far, or goes on with something else
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = 0;
        while (read == 0 && length > 0) {
            if (!inMember && !begin()) {
                return -1;
            }
            read = inflate(target, offset, length);
        }
        expanded += read;
        if (expanded > HARMLESS && expanded / MAX_RATIO > taken) {
            throw new MalformedFileException(
                    "The body expands to more than " + MAX_RATIO + " times its size", true);
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        int read;
        try {
            read = inflater.inflate(target, offset, length);
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage());
        }
        checksum.update(target, offset, read);
        if (inflater.finished()) {
            at = end - inflater.getRemaining();
            end();
        } else if (read == 0) {
            if (at == end && !fill()) {
                throw new EOFException();
            }
            inflater.setInput(buffer, at, end - at);
            at = end;
        }
        return read;
    }

    /** Reads the header of the next member; false where there is none. */
    private boolean begin() throws IOException {
        if (members > 0 && at == end && !fill()) {
            return false;
        }
        checksum.reset();
        if (take() != 0x1f || take() != 0x8b || take() != DEFLATE) {
            throw none();
        }
        int flags = take();
        if ((flags & RESERVED) != 0) {
            throw none();
        }
        // when and where it was made
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(take() | take() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            long expected = checksum.getValue() & 0xffff;
            if ((take() | take() << 8) != expected) {
                throw none();
            }
        }
        inflater.reset();
        checksum.reset();
        members++;
        inMember = true;
        return true;
    }

    private RuntimeException none() throws ZipException {
        if (members == 0) {
            throw new ZipException();
        }
        return new MalformedFileException(
                "Behind the end of the gzip stream is something that is no gzip");
    }

    /** Holds what was read against the trailer of the member. */
    private void end() throws IOException {
        long expected = checksum.getValue();
        if (takeInt() != expected || takeInt() != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException();
        }
        inMember = false;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            take();
        }
    }

    private void skipText() throws IOException {
        while (take() != 0) {
            // up to the NUL
        }
    }

    private long takeInt() throws IOException {
        return take() | take() << 8 | take() << 16 | (long) take() << 24;
    }

    private int take() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException();
        }
        checksum.update(buffer[at]);
        return buffer[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer, 0, BUFFER);
        at = 0;
        end = Math.max(0, read);
        taken += end;
        return read > 0;
    }
}
