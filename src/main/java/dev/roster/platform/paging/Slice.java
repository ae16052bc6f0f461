package dev.roster.platform.paging;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A part of a list that is read by cursor.
 *
 * @param next where to read on; null at the end
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Slice<T>(
        List<T> items,
        @Schema(
                        nullable = true,
                        description = "To be sent as `cursor` for what follows; null at the end")
                String next) {}
