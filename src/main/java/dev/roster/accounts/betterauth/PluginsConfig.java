package dev.roster.accounts.betterauth;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Which plugins of the dialect are there; the routes of one that is not are 404. */
@ConfigMapping(prefix = "roster.plugins")
public interface PluginsConfig {

    /** User names beside addresses, and signing in by them. */
    @WithDefault("true")
    boolean username();

    /** Signed tokens that other services verify by {@code /jwks}. */
    @WithDefault("true")
    boolean jwt();

    /** Several users signed in on one device. */
    @WithDefault("true")
    boolean multiSession();

    /** Handing a session over to another client. */
    @WithDefault("true")
    boolean oneTimeToken();

    /** Authenticator apps, mailed codes and backup codes. */
    @WithDefault("true")
    boolean twoFactor();

    /** Keys for programs. */
    @WithDefault("true")
    boolean apiKey();

    /** What administrators do with other users. */
    @WithDefault("true")
    boolean admin();

    /** Organizations, members, invitations and teams. */
    @WithDefault("true")
    boolean organization();

    /** Guests. */
    @WithDefault("true")
    boolean anonymous();

    /** Signing in by a mailed link. */
    @WithDefault("true")
    boolean magicLink();

    /** Signing in, verifying and resetting by a mailed code. */
    @WithDefault("true")
    boolean emailOtp();

    /** Signing devices without a browser in (RFC 8628). */
    @WithDefault("true")
    boolean deviceAuthorization();
}
