package dev.roster.accounts.betterauth;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks the resources that speak the dialect, so that {@link BodyAndOriginFilter} runs first. */
@NameBinding
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface BetterAuth {

    /** Where the dialect lives. */
    String PATH = "/api/auth";
}
