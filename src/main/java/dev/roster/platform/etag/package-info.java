/** {@code ETag} and {@code If-Match}, so that two editors never overwrite each other silently. */
package dev.roster.platform.etag;
