/**
 * A second factor beside the password: authenticator apps, mailed codes, backup codes, and devices
 * that are trusted without.
 */
package dev.roster.accounts.twofactor;
