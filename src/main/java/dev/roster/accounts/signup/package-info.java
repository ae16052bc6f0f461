/** Signing up: how a stranger becomes a user. */
package dev.roster.accounts.signup;
