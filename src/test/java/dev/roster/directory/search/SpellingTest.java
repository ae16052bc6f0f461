package dev.roster.directory.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A slip")
class SpellingTest {

    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource({
        "smith, smith, true",
        "smiht, smith, true",
        "smth, smith, true",
        "smitth, smith, true",
        "smoth, smith, true",
        "smoht, smith, false",
        "jhonson, johnson, true",
        "jonsson, johnson, true",
        "jensen, johnson, false",
        "garica, garcia, true",
        "lovelcae, lovelace, true",
        "lvelcae, lovelace, true",
        "lvelca, lovelace, false",
        "mueller, müller, true",
        "mu, ma, false",
        "ann, ana, true",
        "ann, eva, false"
    })
    @DisplayName("is one edit of a short word, two of a long one")
    void edits(String typed, String word, boolean near) {
        assertEquals(near, Spelling.isNear(typed, word));
    }
}
