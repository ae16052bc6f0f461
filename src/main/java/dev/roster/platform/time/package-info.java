/** The injected clock. Nothing outside this package asks the system for the time. */
package dev.roster.platform.time;
