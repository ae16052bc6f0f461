package dev.roster.directory.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The formats of a file of users, with the names under which clients know them. */
enum FileFormat {
    CSV(
            FileFormat.CSV_TYPE,
            // what browsers on Windows call a CSV file
            Set.of("application/vnd.ms-excel", "application/csv", "text/tab-separated-values"),
            Set.of("tsv", "tab")),
    NDJSON(
            FileFormat.NDJSON_TYPE,
            Set.of(
                    "application/jsonl",
                    "application/ndjson",
                    "application/jsonlines",
                    "application/x-jsonlines"),
            Set.of("jsonl"));

    static final String CSV_TYPE = "text/csv";
    static final String NDJSON_TYPE = "application/x-ndjson";

    private final String mediaType;
    private final Set<String> otherTypes;
    private final Set<String> otherNames;

    FileFormat(String mediaType, Set<String> otherTypes, Set<String> otherNames) {
        this.mediaType = mediaType;
        this.otherTypes = otherTypes;
        this.otherNames = otherNames;
    }

    String mediaType() {
        return mediaType;
    }

    /** By an option or the ending of a file: {@code csv} or {@code ndjson}, in any case. */
    static Optional<FileFormat> of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.key().equals(lower) || format.otherNames.contains(lower))
                .findFirst();
    }

    /** By a media type without parameters, in lower case. */
    static Optional<FileFormat> ofMediaType(String type) {
        return Arrays.stream(values())
                .filter(format -> format.mediaType.equals(type) || format.otherTypes.contains(type))
                .findFirst();
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
