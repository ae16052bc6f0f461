/** One-time tokens bound to a purpose. */
package dev.roster.accounts.verification;
