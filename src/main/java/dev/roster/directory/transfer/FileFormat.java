package dev.roster.directory.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a file of users can look like. */
enum FileFormat {
    CSV("text/csv"),
    NDJSON("application/x-ndjson");

    private final String mediaType;

    FileFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** As an option or a file's ending says: {@code csv} or {@code ndjson}. */
    static Optional<FileFormat> of(String name) {
        return Arrays.stream(values())
                .filter(format -> format.key().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
