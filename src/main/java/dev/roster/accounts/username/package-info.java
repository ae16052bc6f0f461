/**
 * User names beside addresses: what they may look like, and choosing one. Better Auth's username
 * plugin, but for signing in, which is in {@code signin}.
 */
package dev.roster.accounts.username;
