package dev.roster.directory.apikeys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Authority;
import dev.roster.accounts.apikey.ApiKey;
import dev.roster.accounts.apikey.ApiKeys;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.security.CurrentUser;
import dev.roster.platform.security.Permission;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Lets administrators bound the keys of users who may do no more than they. */
@ApplicationScoped
class ApiKeyAccess {

    private final Authority authority;
    private final ApiKeys apiKeys;
    private final CurrentUser caller;

    ApiKeyAccess(Authority authority, ApiKeys apiKeys, CurrentUser caller) {
        this.authority = authority;
        this.apiKeys = apiKeys;
        this.caller = caller;
    }

    @Transactional
    ApiKey patch(UUID userId, UUID keyId, String ifMatch, ObjectNode patch) {
        Authority.Acting acting = authority.over(caller.id(), userId, Permission.USERS_UPDATE);
        // a key must not free itself, or another one of its owner, of what it is held to
        if (!acting.roles().stream().allMatch(role -> role.isWithin(caller.permissions()))) {
            throw new ProblemException(
                    ProblemCode.FORBIDDEN, "The user may do what you may not yourself");
        }
        return apiKeys.administer(userId, keyId, ifMatch, patch, caller.id());
    }
}
