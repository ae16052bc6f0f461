/** What tests share: the database, callers, and the packaged service's surroundings. */
package dev.roster.testing;
