/**
 * How often one client may call: buckets in PostgreSQL, so that replicas agree, and the filter in
 * front of the Better Auth dialect that asks them.
 */
package dev.roster.ratelimit;
