package dev.roster.directory.transfer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The text of a file in UTF-8 or UTF-16, with or without a byte order mark. Unlike an {@link
 * java.io.InputStreamReader} it knows the line of a byte that is not text.
 */
final class FileText extends Reader {

    private static final int SNIFFED = 4;
    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    private final Charset charset;
    private final CharsetDecoder decoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer chars = CharBuffer.allocate(BUFFER).flip();
    private boolean atEnd;
    private long line = 1;
    private char last;

    private FileText(InputStream in, Charset charset) {
        this.in = in;
        this.charset = charset;
        this.decoder =
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /**
     * Opens a file, behind its byte order mark.
     *
     * @throws MalformedFileException where it is a workbook, compressed, or UTF-32
     */
    static FileText open(InputStream body) throws IOException {
        BufferedInputStream in = new BufferedInputStream(body, BUFFER);
        in.mark(SNIFFED);
        byte[] first = in.readNBytes(SNIFFED);
        in.reset();
        refuseOtherKinds(first);
        if (begins(first, 0xef, 0xbb, 0xbf)) {
            in.skipNBytes(3);
            return new FileText(in, StandardCharsets.UTF_8);
        }
        if (begins(first, 0xff, 0xfe)) {
            in.skipNBytes(2);
            return new FileText(in, StandardCharsets.UTF_16LE);
        }
        if (begins(first, 0xfe, 0xff)) {
            in.skipNBytes(2);
            return new FileText(in, StandardCharsets.UTF_16BE);
        }
        // without a mark: a header or an object begins with ASCII, whose other byte is 0
        if (first.length == SNIFFED && first[1] == 0 && first[3] == 0 && first[0] != 0) {
            return new FileText(in, StandardCharsets.UTF_16LE);
        }
        if (first.length == SNIFFED && first[0] == 0 && first[2] == 0 && first[1] != 0) {
            return new FileText(in, StandardCharsets.UTF_16BE);
        }
        return new FileText(in, StandardCharsets.UTF_8);
    }

    private static void refuseOtherKinds(byte[] first) {
        if (begins(first, 'P', 'K', 3, 4) || begins(first, 0xd0, 0xcf, 0x11, 0xe0)) {
            throw new MalformedFileException(
                    "The file is a workbook and not text: save it as CSV UTF-8");
        }
        if (begins(first, 0x1f, 0x8b)) {
            throw new MalformedFileException(
                    "The file is compressed: send it with Content-Encoding: gzip");
        }
        if (begins(first, 0xff, 0xfe, 0, 0) || begins(first, 0, 0, 0xfe, 0xff)) {
            throw new MalformedFileException("The file is UTF-32: save it as UTF-8");
        }
    }

    private static boolean begins(byte[] first, int... expected) {
        if (first.length < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((first[i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * @throws MalformedFileException where bytes are no text; names their line
     */
    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        if (!chars.hasRemaining() && !decode()) {
            return -1;
        }
        int read = Math.min(length, chars.remaining());
        chars.get(buffer, offset, read);
        return read;
    }

    /** Decodes at least one character; false at the end. */
    private boolean decode() throws IOException {
        chars.clear();
        while (true) {
            CoderResult result = decoder.decode(bytes, chars, atEnd);
            if (chars.position() > 0) {
                chars.flip();
                countLines();
                return true;
            }
            if (result.isError()) {
                throw malformed();
            }
            if (atEnd) {
                chars.flip();
                return false;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        bytes.compact();
        int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (read < 0) {
            atEnd = true;
        } else {
            bytes.position(bytes.position() + read);
        }
        bytes.flip();
    }

    private void countLines() {
        char[] decoded = chars.array();
        for (int i = 0; i < chars.limit(); i++) {
            char c = decoded[i];
            if (c == '\r' || c == '\n' && last != '\r') {
                line++;
            }
            last = c;
        }
    }

    private MalformedFileException malformed() {
        if (charset != StandardCharsets.UTF_8) {
            return new MalformedFileException(
                    "Line " + line + " is not " + charset + ": save the file as UTF-8");
        }
        return new MalformedFileException(
                String.format(
                        Locale.ROOT,
                        "Line %d is not UTF-8 (byte 0x%02X, as in windows-1252): save the file as"
                                + " UTF-8, which spreadsheets call CSV UTF-8",
                        line,
                        bytes.get(bytes.position())));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
