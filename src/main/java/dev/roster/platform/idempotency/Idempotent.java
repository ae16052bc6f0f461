package dev.roster.platform.idempotency;

import jakarta.interceptor.InterceptorBinding;
import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A creating POST that honours {@code Idempotency-Key}: the same key and body replays the first
 * answer for 24 hours, the same key with another body is 422. With a key the whole method is one
 * transaction, which the answer is stored in: it returns a {@code Response}, fails by an exception,
 * and begins no transaction of its own.
 */
@NameBinding
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Idempotent {}
