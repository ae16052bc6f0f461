/**
 * Administrators make, change and remove users, one by one and many at once. What both dialects do
 * alike is in accounts.admin.
 */
package dev.roster.directory.administration;
