/** What administrators do with all users at once. */
package dev.roster.directory;
