package dev.roster.directory.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Database;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("A word that users are searched by")
class UnusedWordsTest {

    @Inject UnusedWords words;

    private UnusedWords.Behind purgeAt(String mark) {
        String before = mark.substring(0, mark.length() - 1);
        return QuarkusTransaction.requiringNew().call(() -> words.purge(before, 1));
    }

    private static Object known(String mark) {
        return Database.value("SELECT count(*) FROM search_words WHERE word = ?", mark);
    }

    @Test
    @DisplayName("is forgotten with the last user who has it, the deleted left aside")
    void forgotten() {
        String mark = People.mark();
        UUID one = People.person("Ada " + mark);
        UUID two = People.person("Bob", mark + "@people.example", null);
        assertEquals(1L, known(mark));
        assertEquals(new UnusedWords.Behind(mark, 0), purgeAt(mark));
        Database.update("DELETE FROM users WHERE id = ?", one);
        assertEquals(new UnusedWords.Behind(mark, 0), purgeAt(mark));
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", two);
        assertEquals(new UnusedWords.Behind(mark, 1), purgeAt(mark));
        assertEquals(0L, known(mark));
        Database.update("UPDATE users SET deleted_at = NULL WHERE id = ?", two);
        assertEquals(1L, known(mark));
    }

    @Test
    @DisplayName("has its turn, round and round")
    void round() {
        String mark = People.mark();
        UUID id = People.person("Ada " + mark);
        Database.update("DELETE FROM users WHERE id = ?", id);
        for (int i = 0; i < 2000 && !known(mark).equals(0L); i++) {
            QuarkusTransaction.requiringNew().call(() -> words.purge(Instant.now(), 500));
        }
        assertEquals(0L, known(mark));
    }
}
