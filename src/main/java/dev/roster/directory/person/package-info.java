/** Everything held on one person: handed out as one document, and made to vanish. */
package dev.roster.directory.person;
