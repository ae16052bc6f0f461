/**
 * Reading the directory: users by what they are, in any order, as quickly among a million as among
 * ten thousand.
 */
package dev.roster.directory.search;
