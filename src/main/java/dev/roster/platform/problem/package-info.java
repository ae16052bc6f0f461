/** Errors: the catalogue, the RFC 9457 body, and the one set of mappers for both dialects. */
package dev.roster.platform.problem;
