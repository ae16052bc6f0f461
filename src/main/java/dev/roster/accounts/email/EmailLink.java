package dev.roster.accounts.email;

import java.time.Instant;

/**
 * What a mailed link says.
 *
 * @param email the address the user had when it was mailed, in the form in which it is compared
 * @param updateTo the new address, or null where the link only proves the one there is
 * @param requestType which step of a change it is, or null
 * @param userId the user's public id; null in links of old Better Auth servers
 * @param id what makes it good for one time; null where it was not made here, or may be repeated
 */
record EmailLink(
        String email,
        String updateTo,
        String requestType,
        String userId,
        String id,
        Instant expiresAt) {

    /** Mailed to the old address: following it mails the new one. */
    static final String CONFIRMATION = "change-email-confirmation";

    /** Mailed to the new address: following it changes the address. */
    static final String VERIFICATION = "change-email-verification";

    boolean changesAddress() {
        return updateTo != null && !updateTo.isEmpty();
    }
}
