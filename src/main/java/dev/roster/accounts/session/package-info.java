/** Sessions: their record, cookies and bearer tokens, reading and ending them. */
package dev.roster.accounts.session;
