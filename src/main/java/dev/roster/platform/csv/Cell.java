package dev.roster.platform.csv;

/** What stands in a cell (OWASP, CSV injection). */
public final class Cell {

    private static final String FORMULA = "=+-@\t\r";

    private Cell() {}

    /**
     * With an apostrophe in front where a spreadsheet would take it for a formula: names are chosen
     * by strangers, and the file is opened by administrators.
     *
     * @param text may be null, and stays so
     */
    public static String of(String text) {
        boolean formula = text != null && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
        return formula ? "'" + text : text;
    }
}
