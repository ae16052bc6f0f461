package dev.roster.directory.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.username.UsernameRules;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A value of another database that breaks a rule")
class TakenValuesTest {

    @Inject Validator validator;
    @Inject UsernameRules usernames;

    private final ObjectNode row = JsonNodeFactory.instance.objectNode();
    private TakenValues values;

    @BeforeEach
    void make() {
        values = new TakenValues(validator, usernames);
        row.putObject("attributes");
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        TakenValues.notes(row).forEach(note -> notes.add(note.asText()));
        return notes;
    }

    @Test
    @DisplayName("is left out or cut, and the report says so")
    void user() {
        row.put("name", "x".repeat(199) + "\ud83d\ude00");
        row.put("image", "data:image/png;base64,AAAA");
        row.put("username", "a b");
        row.put("display_username", "x".repeat(101));
        row.put("ban_reason", "x".repeat(5000));
        row.withObjectProperty("attributes").put("a", "x".repeat(20_000)).put("b", "kept");
        values.user(row);
        List<String> notes = notes();
        assertEquals(6, notes.size(), notes::toString);
        assertTrue(notes.get(1).startsWith("image was left out: it must be"), notes::toString);
        assertEquals("x".repeat(199), row.get("name").asText());
        assertEquals(1000, row.get("ban_reason").asText().length());
        assertEquals("{\"b\":\"kept\"}", row.get("attributes").toString());
        for (String column : List.of("image", "username", "display_username", "notes")) {
            assertFalse(row.has(column), column);
        }
    }

    @Test
    @DisplayName("is so with organizations and API keys, while other values stay")
    void others() {
        row.put("name", "Acme").put("logo", "http://x.example/l.png");
        row.putArray("metadata").add(1);
        values.organization(row);
        assertEquals(2, notes().size());
        row.put("name", "x".repeat(33)).putObject("metadata").put("a", "x".repeat(17_000));
        values.apiKey(row);
        assertEquals(2, notes().size());
        row.put("image", "https://img.example/a.png").put("name", "");
        values.user(row);
        assertEquals(List.of(), notes());
        assertEquals("https://img.example/a.png", row.get("image").asText());
        assertTrue(values.slugFault("x".repeat(256)).isPresent());
        assertEquals(Optional.empty(), values.slugFault("acme"));
    }
}
