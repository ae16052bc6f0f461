/**
 * Groups of users, which the Better Auth dialect calls organizations: their members with roles,
 * invitations by mail, and teams (contract, section 10, organization). A resource for each of the
 * four, a service of the same name in the plural, and an entity.
 */
package dev.roster.groups;
