/** Keys for programs: their management by their owners, and what they open. */
package dev.roster.accounts.apikey;
