package dev.roster.platform.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Keeps a request that is answered before its body is read from blocking the next one on the same
 * connection. A short rest of the body is read and discarded. Otherwise an HTTP/1 response says
 * {@code Connection: close} (RFC 9112, section 9.3), and an HTTP/2 stream is reset with {@code
 * NO_ERROR} once the response is complete (RFC 9113, section 8.1).
 *
 * <p>Quarkus does the same without any bound, and only together with its own body limit, which
 * knows no paths.
 */
@ApplicationScoped
class UnreadBodies {

    /** The most bytes to discard so that the connection can be used again. */
    private static final long MAX_DISCARDED = 1024 * 1024;

    /**
     * The most bytes to discard of a connection that is about to be closed. A client that is still
     * sending would otherwise see a reset connection and not the response (RFC 9112, section 9.6).
     */
    private static final long MAX_LINGER_BYTES = 10 * 1024 * 1024;

    /** How long to wait for the rest of a body, in milliseconds. */
    private static final long MAX_WAIT = 10_000;

    private static final long NO_TIMER = -1;

    /** Set on an HTTP/1 connection whose last response said that it is the last one. */
    private static final AttributeKey<Boolean> CLOSING =
            AttributeKey.valueOf(UnreadBodies.class, "closing");

    void register(@Observes Filters filters) {
        filters.register(UnreadBodies::watch, FilterOrder.UNREAD_BODIES);
    }

    private static void watch(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (channel(request).attr(CLOSING).get() != null) {
            // a pipelined request: the client was told that it is not served
            request.connection().close();
            return;
        }
        if (!request.isEnded() && mayHaveBody(request)) {
            new Body(routing).watch();
        }
        routing.next();
    }

    private static boolean mayHaveBody(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return true;
        }
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null
                ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                : !length.equals("0");
    }

    private static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    /** The body of one request. All but {@link #announce} runs on the connection's event loop. */
    private static final class Body {

        private final RoutingContext routing;
        private final HttpServerRequest request;
        private final Context eventLoop = Vertx.currentContext();
        private final boolean http2;

        private volatile boolean received;
        private volatile boolean closing;
        private boolean answered;
        private long discarded;
        private long timer = NO_TIMER;

        Body(RoutingContext routing) {
            this.routing = routing;
            request = routing.request();
            http2 = request.version() == HttpVersion.HTTP_2;
        }

        void watch() {
            request.end().onComplete(end -> received());
            if (!http2) {
                routing.addHeadersEndHandler(head -> announce());
            }
            routing.addEndHandler(end -> eventLoop.runOnContext(here -> answered()));
        }

        /** Tells the client that the connection ends where too much of the body is unread. */
        private void announce() {
            HttpServerResponse response = routing.response();
            closing =
                    response.headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true)
                            || isTooLongToDiscard();
            if (closing) {
                response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
                channel(request).attr(CLOSING).set(true);
            }
        }

        private boolean isTooLongToDiscard() {
            if (received) {
                return false;
            }
            String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
            if (length == null) {
                return true;
            }
            long rest = Long.parseLong(length) - request.bytesRead();
            // a client that waits for 100 (Continue) may send the body or leave it out
            return rest > MAX_DISCARDED
                    || rest > 0 && request.headers().contains(HttpHeaders.EXPECT);
        }

        private void answered() {
            answered = true;
            if (received) {
                finish();
                return;
            }
            request.handler(this::discard);
            request.resume();
            if (received) {
                return;
            }
            timer = routing.vertx().setTimer(MAX_WAIT, late -> giveUp());
            if (closing) {
                endOutput();
            }
        }

        private void discard(Buffer part) {
            discarded += part.length();
            if (discarded > (closing ? MAX_LINGER_BYTES : MAX_DISCARDED)) {
                giveUp();
            }
        }

        private void received() {
            received = true;
            if (answered) {
                finish();
            }
        }

        private void finish() {
            stopTimer();
            if (closing) {
                Channel channel = channel(request);
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(flushed -> channel.close());
            }
        }

        private void giveUp() {
            stopTimer();
            if (http2) {
                routing.response().reset(0);
            } else {
                channel(request).close();
            }
        }

        private void stopTimer() {
            if (timer != NO_TIMER) {
                routing.vertx().cancelTimer(timer);
                timer = NO_TIMER;
            }
        }

        /** Lets a client that reads to the end of the connection go on while it is drained. */
        private void endOutput() {
            Channel channel = channel(request);
            if (channel instanceof DuplexChannel duplex && !request.isSSL()) {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(flushed -> duplex.shutdownOutput());
            }
        }
    }
}
