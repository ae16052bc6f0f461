/**
 * Deletes what has had its time, by the {@code PurgeTask} beans of the features; knows none by
 * name.
 */
package dev.roster.retention;
