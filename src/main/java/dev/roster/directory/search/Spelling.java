package dev.roster.directory.search;

/** What a misspelt word may have meant. */
final class Spelling {

    private Spelling() {}

    /**
     * Whether one word can be a slip of the other: two edits apart at most, one in a short word. An
     * edit is a letter too many, missing, wrong, or two in the wrong order. Both are folded.
     */
    static boolean isNear(String typed, String word) {
        int[] a = typed.codePoints().toArray();
        int[] b = word.codePoints().toArray();
        int edits = a.length < 3 ? 0 : a.length < 6 ? 1 : 2;
        return Math.abs(a.length - b.length) <= edits && distance(a, b) <= edits;
    }

    /** Optimal string alignment, a row for each letter of the first. */
    private static int distance(int[] a, int[] b) {
        int[] before = new int[b.length + 1];
        int[] last = new int[b.length + 1];
        for (int j = 0; j <= b.length; j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length; i++) {
            int[] row = new int[b.length + 1];
            row[0] = i;
            for (int j = 1; j <= b.length; j++) {
                int wrong = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.min(wrong, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            before = last;
            last = row;
        }
        return last[b.length];
    }
}
