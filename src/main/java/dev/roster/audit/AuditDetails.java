package dev.roster.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.json.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What an event tells of a change, bounded: whoever may change something a thousand times must not
 * be able to fill the database with its history. A long value is replaced by its length and digest,
 * by which it can still be recognised.
 */
final class AuditDetails {

    /** Bytes of one side, before or after, as the database writes it. */
    static final int MAX_SIDE = 3500;

    /** Bytes of a member that is kept whatever else there is. */
    private static final int MAX_MEMBER = 1024;

    private AuditDetails() {}

    /** The side itself where it is short enough, else a copy with its longest members replaced. */
    static ObjectNode bounded(ObjectNode side) {
        if (side == null) {
            return null;
        }
        ObjectNode bounded = side.objectNode();
        side.properties()
                .forEach(
                        member ->
                                bounded.set(
                                        member.getKey(),
                                        size(member.getValue()) > MAX_MEMBER
                                                ? replacement(member.getValue())
                                                : member.getValue()));
        List<Map.Entry<String, JsonNode>> longest =
                bounded.properties().stream()
                        .map(member -> Map.entry(member.getKey(), member.getValue()))
                        .sorted(Comparator.comparingLong(member -> -size(member.getValue())))
                        .toList();
        long size = size(bounded);
        for (Map.Entry<String, JsonNode> member : longest) {
            ObjectNode replacement = replacement(side.get(member.getKey()));
            long saved = size(member.getValue()) - size(replacement);
            if (size <= MAX_SIDE || saved <= 0) {
                break;
            }
            bounded.set(member.getKey(), replacement);
            size -= saved;
        }
        // so many members, or so long names, that even that is too much
        return size <= MAX_SIDE ? bounded : replacement(side).put("members", side.size());
    }

    private static ObjectNode replacement(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : value.toString();
        return JsonNodeFactory.instance
                .objectNode()
                .put("length", text.getBytes(StandardCharsets.UTF_8).length)
                .put("sha256", HexFormat.of().formatHex(Digests.sha256(text)));
    }

    /** Bytes of a value as PostgreSQL writes {@code jsonb}: a blank after each comma and colon. */
    private static long size(JsonNode value) {
        return Numbers.bytes(value) + blanks(value);
    }

    private static long blanks(JsonNode value) {
        long blanks = value.isObject() ? 2L * value.size() : value.size();
        for (JsonNode element : value) {
            blanks += blanks(element);
        }
        return blanks;
    }
}
