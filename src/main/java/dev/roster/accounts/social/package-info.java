/**
 * The dialect's endpoints of identity providers. Roster has none: they answer as a Better Auth
 * server without any does.
 */
package dev.roster.accounts.social;
