/** Changing between the users who are signed in on a device: Better Auth's multi-session plugin. */
package dev.roster.accounts.multisession;
