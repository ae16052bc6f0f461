/**
 * Turns passwords into stored hashes and checks them, beside the request threads. Knows no account:
 * may use {@code platform} only.
 */
package dev.roster.accounts.password;
