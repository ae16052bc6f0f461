/** Guests: users without an address or a password, until they sign up or in. */
package dev.roster.accounts.anonymous;
