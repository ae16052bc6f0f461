package dev.roster.directory.transfer;

/** What is wrong with a row. Says nothing of what the row holds. */
record Fault(String field, String reason) {}
