/** The audit trail: append-only events, written in the transaction of the change they tell of. */
package dev.roster.audit;
