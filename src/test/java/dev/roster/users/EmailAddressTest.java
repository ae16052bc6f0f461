package dev.roster.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An e-mail address")
class EmailAddressTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "Ada@Example.com, Ada@Example.com, ada@example.com",
        "ada@xn--fiqs8s.xn--fiqs8s, ada@xn--fiqs8s.xn--fiqs8s, ada@xn--fiqs8s.xn--fiqs8s",
        "ada@XN--BCHER-KVA.XN--P1AI, ada@XN--BCHER-KVA.XN--P1AI, ada@xn--bcher-kva.xn--p1ai",
        "Ada@B\u00fccher.example, Ada@xn--bcher-kva.example, ada@xn--bcher-kva.example",
        "ada@bu\u0308cher.example, ada@xn--bcher-kva.example, ada@xn--bcher-kva.example",
        "ada@\u4f8b\u3048.\u4e2d\u56fd, ada@xn--r8jz45g.xn--fiqs8s, ada@xn--r8jz45g.xn--fiqs8s"
    })
    @DisplayName("is stored with its domain in ASCII and compared in lower case")
    void forms(String given, String stored, String key) {
        assertEquals(Optional.of(stored), EmailAddress.parse(given));
        assertEquals(key, EmailAddress.key(given));
        assertEquals(key, EmailAddress.key(stored));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "ada@example.c",
                "ada@example.xn--",
                "ada@example.xn--a-",
                "ada@example.x--n",
                "\u00fc@example.com",
                "ada@\u2764.example",
                "ada@b\u00fccher\u2100.example",
                "ada@b\u00fccher@evil.example",
                "ada@b\u00fccher.example\r\nBcc: eve@evil.example",
                "ada@b\u00fccher. example"
            })
    @DisplayName("is refused where a part is none")
    void refused(String given) {
        assertEquals(Optional.empty(), EmailAddress.parse(given));
    }

    @Test
    @DisplayName("has at most 64 octets before the at sign, 63 in a label and 254 in all")
    void lengths() {
        String local = "a".repeat(64);
        assertEquals(
                Optional.of(local + "@example.com"), EmailAddress.parse(local + "@example.com"));
        assertEquals(Optional.empty(), EmailAddress.parse(local + "a@example.com"));
        String label = "b".repeat(63);
        String longest = local + "@" + label + "." + label + "." + "c".repeat(57) + ".org";
        assertEquals(254, longest.length());
        assertEquals(Optional.of(longest), EmailAddress.parse(longest));
        assertEquals(Optional.empty(), EmailAddress.parse(longest + "x"));
        assertEquals(Optional.empty(), EmailAddress.parse("a@" + label + "b.org"));
    }
}
