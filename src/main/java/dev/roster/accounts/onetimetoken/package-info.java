/** Handing a session over to another client: Better Auth's one-time-token plugin. */
package dev.roster.accounts.onetimetoken;
