package dev.roster.platform.paging;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;
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
                String next) {

    /**
     * The slice of rows of which one more than asked for was read, to see whether more follow.
     *
     * @param cursor of the last row that is shown
     */
    public static <R, T> Slice<T> of(
            List<R> rows, int size, Function<R, T> view, Function<R, String> cursor) {
        boolean more = rows.size() > size;
        return new Slice<>(
                rows.stream().limit(size).map(view).toList(),
                more ? cursor.apply(rows.get(size - 1)) : null);
    }
}
