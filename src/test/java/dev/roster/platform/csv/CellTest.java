package dev.roster.platform.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("A cell of a CSV file")
class CellTest {

    @Property
    @Label("is no formula, and is read as the text that was written")
    void unchanged(@ForAll("texts") String text) {
        String cell = Cell.of(text);
        assertTrue(
                cell.isEmpty() || "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20".indexOf(cell.charAt(0)) < 0,
                cell);
        assertEquals(text, Cell.text(cell));
    }

    @Property
    @Label("loses invisible characters at its ends alone")
    void stripped(@ForAll("texts") String text) {
        String visible = "x" + text + "x";
        assertEquals(visible, Cell.stripped(" \u00a0\ufeff\u200b" + visible + "\t\u2060\u202f "));
    }

    @Provide
    static Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("'=+-@\t\r\n\uff1d\uff0b a\u00a0").ofMaxLength(5);
    }
}
