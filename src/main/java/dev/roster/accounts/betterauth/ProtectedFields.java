package dev.roster.accounts.betterauth;

import java.util.List;

/** Members of a user that no client may set on itself (contract, section 8, additionalFields). */
public final class ProtectedFields {

    private static final List<String> NAMES = List.of("role", "banned", "banReason", "banExpires");

    private ProtectedFields() {}

    /**
     * Refuses a body that tries.
     *
     * @throws AuthException 400 FIELD_NOT_ALLOWED naming the member
     */
    public static void refuse(Fields fields) {
        for (String name : NAMES) {
            if (fields.isTruthy(name)) {
                throw AuthError.FIELD_NOT_ALLOWED.exception(name + " is not allowed to be set");
            }
        }
    }
}
