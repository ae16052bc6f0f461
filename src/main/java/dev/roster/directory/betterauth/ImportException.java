package dev.roster.directory.betterauth;

/** Why an import cannot begin, in words for who runs it. */
class ImportException extends RuntimeException {

    ImportException(String message) {
        super(message);
    }
}
