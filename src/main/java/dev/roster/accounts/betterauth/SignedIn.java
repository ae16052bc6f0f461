package dev.roster.accounts.betterauth;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The endpoint needs a session. The dialect answers an invalid body before it answers 401
 * (contract, section 2), so the method itself asks {@code CurrentSession.require} behind its body's
 * check; the architecture test holds each method with this annotation to that.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface SignedIn {}
