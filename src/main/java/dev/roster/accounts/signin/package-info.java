/** Signing in by password, and signing out. */
package dev.roster.accounts.signin;
