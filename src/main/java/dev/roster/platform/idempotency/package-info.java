/** A POST that is sent again is done once: {@code Idempotency-Key}. */
package dev.roster.platform.idempotency;
