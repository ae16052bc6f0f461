/** Roles and who has them: the n-n between users and named sets of permissions. */
package dev.roster.access;
