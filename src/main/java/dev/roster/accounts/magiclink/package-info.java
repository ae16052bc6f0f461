/** Signing in by a link that is mailed (contract, section 16, magic-link). */
package dev.roster.accounts.magiclink;
