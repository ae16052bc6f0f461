package dev.roster.directory.transfer;

/** A command was called in a way that it does not know. */
class UsageException extends RuntimeException {

    UsageException(String message) {
        super(message);
    }
}
