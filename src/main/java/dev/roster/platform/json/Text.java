package dev.roster.platform.json;

/** What PostgreSQL can store as text. */
public final class Text {

    private Text() {}

    /** False for a NUL or half a surrogate pair, which have no place in UTF-8 text columns. */
    public static boolean isStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
