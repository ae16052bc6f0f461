package dev.roster.users;

import java.util.regex.Pattern;

/** Matches a text against a pattern that an operator wrote, in a bounded time. */
final class BoundedMatching {

    /** Longer texts could also exhaust the stack. */
    private static final int MAX_MATCHED = 1000;

    /** Characters that a match may look at, again and again included. */
    private static final int MAX_STEPS = 100_000;

    private BoundedMatching() {}

    /** Why a text does not match; null where it does. */
    static String objection(Pattern pattern, String text) {
        if (text.length() > MAX_MATCHED) {
            return "does not fit: at most " + MAX_MATCHED + " characters can be matched";
        }
        try {
            return pattern.matcher(new Bounded(text, new int[1])).find()
                    ? null
                    : "does not match " + pattern;
        } catch (TooManySteps e) {
            return "does not match " + pattern + " within a reasonable time";
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super(null, null, false, false);
        }
    }

    /** A text that bears only so much looking at: some patterns take years for a line. */
    private record Bounded(CharSequence text, int[] steps) implements CharSequence {

        @Override
        public char charAt(int index) {
            if (++steps[0] > MAX_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.subSequence(start, end), steps);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
