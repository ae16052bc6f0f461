package dev.roster.accounts.betterauth;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Locale;

/** Whether the dialect is there, and the page that redirects with an error end on. */
@Path(BetterAuth.PATH)
@BetterAuth
@PermitAll
public class ServiceResource {

    private static final String PAGE =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Something went wrong</title></head>
            <body><h1>Something went wrong</h1><p>The link or sign-in did not work. Go back to the application and try again.</p><p>Code: <code>%s</code></p></body>
            </html>
            """;

    /** The answer of ok. */
    public record Ok(boolean ok) {}

    @GET
    @Path("/ok")
    @Produces(MediaType.APPLICATION_JSON)
    public Ok ok() {
        return new Ok(true);
    }

    /** A page for people; of the given code only what cannot be markup is shown. */
    @GET
    @Path("/error")
    @Produces(MediaType.TEXT_HTML)
    public Response error(@QueryParam("error") String error) {
        String code = error != null && error.matches("[A-Za-z0-9_.-]{1,64}") ? error : "UNKNOWN";
        return Response.ok(String.format(Locale.ROOT, PAGE, code))
                .header("Content-Security-Policy", "default-src 'none'")
                .build();
    }
}
