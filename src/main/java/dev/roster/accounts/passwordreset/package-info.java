/** A new password for whoever lost the old one, by a mailed link (contract, section 9). */
package dev.roster.accounts.passwordreset;
