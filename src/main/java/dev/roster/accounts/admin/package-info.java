/** What administrators do with other users (contract, sections 10 and 16, admin). */
package dev.roster.accounts.admin;
