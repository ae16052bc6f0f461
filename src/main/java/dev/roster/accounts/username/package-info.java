/** User names beside addresses, and signing in by them: Better Auth's username plugin. */
package dev.roster.accounts.username;
