package dev.roster.platform.idempotency;

import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The key of a request, and the digest of everything it asks for, taken while it is read. */
@RequestScoped
class IdempotencyRequest {

    private String key;
    private MessageDigest digest;
    private InputStream body;

    /**
     * Has a request digested that has a key.
     *
     * @throws ProblemException 400 for what cannot be one
     */
    void begin(ContainerRequestContext request) {
        String header = request.getHeaderString(IdempotencyKey.HEADER);
        if (header == null) {
            return;
        }
        key = IdempotencyKey.parse(header);
        digest = sha256();
        URI uri = request.getUriInfo().getRequestUri();
        String line = request.getMethod() + " " + uri.getRawPath() + "?" + uri.getRawQuery() + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
        body = new Open(new DigestInputStream(request.getEntityStream(), digest));
        request.setEntityStream(body);
    }

    Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /** SHA-256 of method, path, query and body; reads what is left of the body. */
    byte[] digest() {
        try {
            body.transferTo(OutputStream.nullOutputStream());
            // it stays as it is for whoever asks again
            return ((MessageDigest) digest.clone()).digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of the JDK can be cloned", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** What stands behind the JSON value that was read counts too, so that it stays open. */
    private static final class Open extends FilterInputStream {

        Open(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in.read(buffer, offset, length);
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() {
            // digest() reads on
        }
    }
}
