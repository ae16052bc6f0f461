package dev.roster.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A domain name")
class DomainNameTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "b\u00fccher.example, xn--bcher-kva.example",
        "B\u00dcCHER.example, xn--bcher-kva.example",
        "bu\u0308cher.example, xn--bcher-kva.example",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "\u4f8b\u3048.\u30c6\u30b9\u30c8, xn--r8jz45g.xn--zckzah",
        "\u4f8b\u3048\u3002\u30c6\u30b9\u30c8, xn--r8jz45g.xn--zckzah",
        "\u4e2d\u56fd, xn--fiqs8s",
        "\u0440\u0444, xn--p1ai",
        "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444, xn--e1afmkfd.xn--p1ai",
        "\u05d9\u05e9\u05e8\u05d0\u05dc, xn--4dbrk0ce",
        "stra\u00dfe.example, xn--strae-oqa.example",
        "\u03b4\u03cc\u03bc\u03bf\u03c2, xn--pxaqjm1c",
        "\u0394\u038c\u039c\u039f\u03a3, xn--pxaqjq6b",
        "\u0130stanbul, xn--istanbul-o0e",
        "l\u00b7l.cat, xn--ll-0ea.cat",
        "Example.COM, Example.COM"
    })
    @DisplayName("has an ASCII form")
    void ascii(String given, String expected) {
        assertEquals(Optional.of(expected), DomainName.toAscii(given));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "a\u200db.example",
                "\u0308a.example",
                "-\u00fc.example",
                "\u00fc-.example",
                "ab--\u00fc.example",
                "\u2764.example",
                "a b\u00fc.example",
                "\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fcaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    @DisplayName("is refused where a label is none")
    void none(String given) {
        assertEquals(Optional.empty(), DomainName.toAscii(given));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "https://b\u00fccher.example/\u00fc?q=1, https://xn--bcher-kva.example/\u00fc?q=1",
        "HTTPS://b\u00fccher.example:8443, HTTPS://xn--bcher-kva.example:8443",
        "https://ada.example/\u00fc, https://ada.example/\u00fc",
        "https://ada@b\u00fccher.example, https://ada@b\u00fccher.example",
        "https://evil.ex\u2100.b\u00fccher.example, https://evil.ex\u2100.b\u00fccher.example",
        "https://\uff54rusted.example, https://\uff54rusted.example",
        "myapp://b\u00fccher, myapp://b\u00fccher"
    })
    @DisplayName("of a web URL gets its ASCII form, and nothing else does")
    void url(String given, String expected) {
        assertEquals(expected, DomainName.urlToAscii(given));
    }
}
