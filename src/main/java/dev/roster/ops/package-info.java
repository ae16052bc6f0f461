/** What the people who run the service look at: readiness and the connection pool. */
package dev.roster.ops;
