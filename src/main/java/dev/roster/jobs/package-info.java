/**
 * Work that outlasts a request: each job is a row that one replica at a time holds by a lease, and
 * that another one goes on with where a process died.
 */
package dev.roster.jobs;
