/** What background work has in common. */
package dev.roster.platform.jobs;
