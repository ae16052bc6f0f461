/**
 * Users by the file: an import is staged as it arrives and merged in set-based steps, an export is
 * read by a server-side cursor. Neither holds more than a few rows in memory.
 */
package dev.roster.directory.transfer;
