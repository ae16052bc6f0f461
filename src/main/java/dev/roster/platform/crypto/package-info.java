/**
 * Random tokens, digests, signed values and encrypted columns. Passwords are in accounts.password.
 */
package dev.roster.platform.crypto;
