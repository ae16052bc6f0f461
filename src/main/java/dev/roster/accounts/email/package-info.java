/**
 * A user's address: proving it by a mailed link, and changing it (contract, section 9). The links
 * are those of a Better Auth server with the same secret.
 */
package dev.roster.accounts.email;
