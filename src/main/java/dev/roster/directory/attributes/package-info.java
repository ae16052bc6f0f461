/** The custom attributes of users, each caller's share of them. */
package dev.roster.directory.attributes;
