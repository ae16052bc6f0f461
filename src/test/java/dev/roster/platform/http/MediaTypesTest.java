package dev.roster.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.ws.rs.core.MediaType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A media type")
class MediaTypesTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "text/csv|text/csv",
                "TEXT/CSV|text/csv",
                "  Text/Csv  |text/csv",
                "text/csv;|text/csv",
                "text/csv ; ; |text/csv",
                "text/csv;charset=UTF-8|text/csv;charset=utf-8",
                "text/csv; CHARSET=\"Utf-8\"; header=present|text/csv;charset=utf-8;header=present",
                "application/merge-patch+json;charset=utf-8|application/merge-patch+json;charset=utf-8",
                "multipart/form-data; boundary=\"A b;c\"|multipart/form-data;boundary=\"A b;c\"",
                "a/b;c=\"d\\\"e\"|a/b;c=\"d\"e\""
            })
    @DisplayName("is read whatever its case, blanks and quotes")
    void read(String header, String expected) {
        MediaType type = MediaTypes.parse(header).orElseThrow();
        StringBuilder text = new StringBuilder(MediaTypes.name(type));
        type.getParameters()
                .forEach(
                        (name, value) ->
                                text.append(';')
                                        .append(name)
                                        .append('=')
                                        .append(
                                                value.matches("[\\w-]+")
                                                        ? value
                                                        : '"' + value + '"'));
        assertEquals(expected, text.toString());
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
            strings = {
                "",
                " ",
                "json",
                "/",
                "text/",
                "/csv",
                "text/csv/x",
                "text csv",
                "text/csv charset=utf-8",
                "text/csv; charset",
                "text/csv; charset=",
                "text/csv; charset=\"\"",
                "text/csv; charset=\"utf-8",
                "text/csv; charset = utf-8",
                "text/csv; charset=utf-8; charset=utf-16",
                "text/csv, application/json",
                "text/c\u00e4v"
            })
    @DisplayName("that is not well-formed is none")
    void malformed(String header) {
        assertEquals(true, MediaTypes.parse(header).isEmpty());
        assertEquals(true, MediaTypes.parse("a/b;c=\"" + "\\x".repeat(5000) + "\"").isEmpty());
    }
}
