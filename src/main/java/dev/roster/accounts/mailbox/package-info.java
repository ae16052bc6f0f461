/** What somebody may do who has shown to read the mail of an address. */
package dev.roster.accounts.mailbox;
