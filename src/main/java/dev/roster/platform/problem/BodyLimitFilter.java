package dev.roster.platform.problem;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** Ends the reading of a body that did not announce its length and turns out too large. */
@Provider
@Priority(Priorities.HEADER_DECORATOR)
class BodyLimitFilter implements ContainerRequestFilter {

    private static final Set<String> BODYLESS = Set.of("GET", "HEAD", "OPTIONS");

    private final BodyLimit limit;

    BodyLimitFilter(BodyLimit limit) {
        this.limit = limit;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!BODYLESS.contains(request.getMethod())) {
            request.setEntityStream(
                    new Limited(
                            request.getEntityStream(),
                            limit.bytes(request.getMethod(), request.getUriInfo().getPath())));
        }
    }

    private static final class Limited extends FilterInputStream {

        private final long limit;
        private long count;

        Limited(InputStream in, long limit) {
            super(in);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return count(in.read(buffer, offset, length));
        }

        /** Reads nothing more: the edge discards the rest of a body, within bounds. */
        @Override
        public void close() {
            // the stream of Quarkus would read on to the end, however far that is
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private int count(int read) {
            count += Math.max(0, read);
            if (count > limit) {
                throw new ProblemException(ProblemCode.PAYLOAD_TOO_LARGE, BodyLimit.detail(limit));
            }
            return read;
        }
    }
}
