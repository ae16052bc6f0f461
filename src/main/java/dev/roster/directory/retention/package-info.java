/** Users whose time is over: deleted ones, and by policy those who never came or come no more. */
package dev.roster.directory.retention;
