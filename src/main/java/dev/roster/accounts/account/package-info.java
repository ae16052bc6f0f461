/** A signed-in user's own account: name, password, linked accounts, deletion. */
package dev.roster.accounts.account;
