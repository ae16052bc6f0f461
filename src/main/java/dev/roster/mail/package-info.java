/**
 * Mail: written to the outbox in the transaction that causes it, sent from there by the dispatcher.
 */
package dev.roster.mail;
