package dev.roster.accounts.session;

import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.platform.http.HeaderRoom;
import io.vertx.core.http.HttpServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Keeps the headers of a response short on a device that has cookies of many users. */
@Provider
@BetterAuth
@ApplicationScoped
class HeaderRoomFilter implements ContainerResponseFilter {

    private final DeviceSessions devices;
    private final HttpServerResponse http;

    HeaderRoomFilter(DeviceSessions devices, HttpServerResponse http) {
        this.devices = devices;
        this.http = http;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        int others =
                response.getStringHeaders().entrySet().stream()
                        .mapToInt(
                                header ->
                                        header.getValue().stream()
                                                .mapToInt(
                                                        it -> HeaderRoom.size(header.getKey(), it))
                                                .sum())
                        .sum();
        devices.shorten(http, others);
    }
}
