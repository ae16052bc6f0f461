/**
 * Signed tokens that other services verify without asking, and the keys for it: Better Auth's jwt
 * plugin.
 */
package dev.roster.accounts.jwt;
