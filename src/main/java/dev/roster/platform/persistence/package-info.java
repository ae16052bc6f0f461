/**
 * How Roster reaches its database: the usual connection string of hosting platforms, as JDBC needs
 * it. Knows no table and no entity.
 */
package dev.roster.platform.persistence;
