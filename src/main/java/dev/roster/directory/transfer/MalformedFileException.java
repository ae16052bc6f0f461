package dev.roster.directory.transfer;

/** The file as a whole cannot be read: nothing of it is loaded. The message says where and why. */
class MalformedFileException extends RuntimeException {

    private final boolean tooLarge;

    MalformedFileException(String message) {
        this(message, false);
    }

    MalformedFileException(String message, boolean tooLarge) {
        super(message);
        this.tooLarge = tooLarge;
    }

    /** Whether it would expand to more than there is room for. */
    boolean isTooLarge() {
        return tooLarge;
    }
}
