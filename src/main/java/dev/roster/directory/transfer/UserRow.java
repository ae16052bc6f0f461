package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A user on its way in, and what is wrong with it. */
final class UserRow {

    private static final int MAX_LIST = 100;

    final List<Fault> faults = new ArrayList<>();
    UUID userId;
    String externalId;
    String name;
    String email;
    boolean emailVerified;
    String username;
    String displayUsername;
    String image;
    Instant createdAt;
    String passwordHash;
    UUID credentialId;
    List<String> roles = List.of();
    List<String> groups = List.of();
    boolean profile;
    String firstName;
    String lastName;
    String bio;
    LocalDate birthDate;
    byte[] phone;
    String locale;
    String timezone;
    String website;
    ObjectNode attributes;

    void fault(String field, String reason) {
        faults.add(new Fault(field, reason));
    }

    /** The text of a member; null where there is none, or it is no text, which is a fault. */
    String text(ObjectNode row, String member) {
        JsonNode value = row.get(member);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            fault(member, "must be a string");
            return null;
        }
        return value.textValue();
    }

    /** The texts of a member, each once; none where there is none, or it is no such list. */
    List<String> texts(ObjectNode row, String member) {
        JsonNode value = row.get(member);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (value.isArray()) {
            if (value.size() > MAX_LIST) {
                fault(member, "must name at most " + MAX_LIST);
                return List.of();
            }
            Set<String> texts = new LinkedHashSet<>();
            for (JsonNode element : value) {
                if (!element.isTextual()) {
                    fault(member, "must be an array of strings");
                    return List.of();
                }
                texts.add(element.textValue());
            }
            return List.copyOf(texts);
        }
        fault(member, "must be an array of strings");
        return List.of();
    }
}
