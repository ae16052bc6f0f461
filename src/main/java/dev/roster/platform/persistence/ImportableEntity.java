package dev.roster.platform.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.annotations.UuidGenerator;

/**
 * A record whose identifier applications may have stored long ago, in another accounts service:
 * such an identifier is kept beside ours, and it is the one that the Better Auth dialect shows.
 */
@MappedSuperclass
public abstract class ImportableEntity extends BaseEntity {

    /** Characters of an identifier of another service: tokens hold it, and indexes. */
    public static final int MAX_EXTERNAL_ID = 255;

    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    @Id
    @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
    public UUID id;

    /** What the record was called where it was imported from; null for our own. */
    @Column(name = "external_id", updatable = false)
    public String externalId;

    /** The identifier that the Better Auth dialect shows and takes. */
    public String publicId() {
        return externalId == null ? id.toString() : externalId;
    }

    /** The text as an identifier of ours; empty where it can only be an external one. */
    public static Optional<UUID> ownId(String publicId) {
        return UUID_TEXT.matcher(publicId).matches()
                ? Optional.of(UUID.fromString(publicId))
                : Optional.empty();
    }
}
