/**
 * Figures about users: counted now and then, and lists that cost the same however many there are.
 */
package dev.roster.directory.reports;
