/**
 * Takes over the database of a live Better Auth server: reads it in one snapshot and writes ours in
 * set-based steps, each of which may be run again.
 */
package dev.roster.directory.betterauth;
