package dev.roster.accounts.betterauth;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The endpoint takes {@code application/x-www-form-urlencoded} too (contract, section 1). */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface AcceptsForm {

    /**
     * Whether it is an endpoint of OAuth: what cannot be read is told of as RFC 6749, section 5.2
     * has it, and a form follows section 3.2.
     */
    boolean oauth() default false;
}
