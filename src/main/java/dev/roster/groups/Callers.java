package dev.roster.groups;

import dev.roster.accounts.betterauth.AuthException;
import dev.roster.accounts.betterauth.Fields;
import dev.roster.accounts.session.ActiveSession;
import java.util.Optional;

/** What the calls of organizations have in common: whom they are for, and what they refer to. */
final class Callers {

    private Callers() {}

    /** 401 without a body, as the handlers answer that read the session themselves. */
    static AuthException nobody() {
        return new AuthException(401, null, null);
    }

    /** What is given, unless it is empty, which counts for nothing here. */
    static Optional<String> given(Optional<String> text) {
        return text.filter(it -> !it.isEmpty());
    }

    /** The public id of the organization that is named, else of the active one. */
    static Optional<String> organization(ActiveSession active, Optional<String> named) {
        return given(named).or(() -> Optional.ofNullable(active.session().activeOrganizationId));
    }

    /**
     * The same where there must be one.
     *
     * @throws AuthException 400 NO_ACTIVE_ORGANIZATION
     */
    static String requireOrganization(ActiveSession active, Optional<String> named) {
        return organization(active, named)
                .orElseThrow(OrganizationError.NO_ACTIVE_ORGANIZATION::exception);
    }

    /** A whole number from 0 on; nothing where it is empty. Any other text is a fault. */
    static Optional<Integer> number(Fields query, String name) {
        Optional<String> text = given(query.optionalString(name));
        if (text.isPresent() && !text.get().matches("[0-9]{1,9}")) {
            query.fault(name, "Invalid input: expected a number");
            return Optional.empty();
        }
        return text.map(Integer::valueOf);
    }
}
