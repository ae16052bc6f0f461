package dev.roster.platform.csv;

/** The content of a cell in a CSV file. */
public final class Cell {

    /**
     * What a spreadsheet begins a formula with, full-width forms included (OWASP, CSV injection).
     */
    private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";

    private static final char MARK = '\'';

    private Cell() {}

    /**
     * Returns a text with an apostrophe in front where a spreadsheet would take it for a formula:
     * names are chosen by strangers, and the file is opened by administrators. A text that has such
     * an apostrophe already gets another one, so that {@link #text} returns every text unchanged.
     *
     * @param text may be null, and stays so
     */
    public static String of(String text) {
        return text != null && !text.isEmpty() && isFormula(text, 0) ? MARK + text : text;
    }

    /**
     * Returns the text of a cell, without the apostrophe that {@link #of} puts before a formula.
     */
    public static String text(String cell) {
        return !cell.isEmpty() && cell.charAt(0) == MARK && isFormula(cell, 1)
                ? cell.substring(1)
                : cell;
    }

    /** Whether a formula begins behind any number of apostrophes. */
    private static boolean isFormula(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == MARK) {
            at++;
        }
        return at < text.length() && FORMULA.indexOf(text.charAt(at)) >= 0;
    }

    /**
     * Returns a text without blanks at its ends, those included that nobody sees: no-break and
     * zero-width spaces, byte order marks, control characters.
     */
    public static String stripped(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isInvisible(text.charAt(from))) {
            from++;
        }
        while (to > from && isInvisible(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isInvisible(char c) {
        if (c > ' ' && c < 0x7f) {
            return false;
        }
        return c <= ' '
                || Character.isSpaceChar(c)
                || Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT;
    }
}
