/** Accounts: signing up and in, sessions, passwords, spoken in the Better Auth dialect. */
package dev.roster.accounts;
