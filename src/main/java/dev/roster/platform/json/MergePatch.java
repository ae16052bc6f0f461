package dev.roster.platform.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** JSON Merge Patch, RFC 7396. */
public final class MergePatch {

    public static final String MEDIA_TYPE = "application/merge-patch+json";

    private MergePatch() {}

    /** The target with the patch applied (RFC 7396, section 2). Changes and returns the target. */
    public static ObjectNode apply(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> member : patch.properties()) {
            JsonNode value = member.getValue();
            if (value.isNull()) {
                target.remove(member.getKey());
            } else if (value instanceof ObjectNode nested) {
                JsonNode old = target.get(member.getKey());
                target.set(
                        member.getKey(),
                        apply(old instanceof ObjectNode o ? o : target.objectNode(), nested));
            } else {
                target.set(member.getKey(), value);
            }
        }
        return target;
    }
}
