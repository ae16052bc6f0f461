package dev.roster.groups;

import static dev.roster.groups.OrganizationCalls.create;
import static dev.roster.groups.OrganizationCalls.get;
import static dev.roster.groups.OrganizationCalls.invite;
import static dev.roster.groups.OrganizationCalls.join;
import static dev.roster.groups.OrganizationCalls.post;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The number of SQL statements")
class OrganizationStatementCountTest {

    private static final Map<String, Long> EXPECTED = new LinkedHashMap<>();

    static {
        EXPECTED.put("get-full-organization", 5L);
        EXPECTED.put("list-members", 4L);
        EXPECTED.put("list-invitations", 3L);
        EXPECTED.put("list-teams", 3L);
        EXPECTED.put("list-user-teams", 2L);
        EXPECTED.put("list-team-members", 2L);
        EXPECTED.put("list", 2L);
    }

    @Inject SessionFactory sessions;

    private Map<String, Long> counts(Caller caller) {
        Statistics statistics = sessions.getStatistics();
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String operation : EXPECTED.keySet()) {
            statistics.clear();
            Response answer = get(caller, operation);
            assertEquals(200, answer.statusCode(), answer.asString());
            counts.put(operation, statistics.getPrepareStatementCount());
        }
        return counts;
    }

    @Test
    @DisplayName("of reading an organization does not grow with its members, invitations or teams")
    void fixed() {
        Caller owner = Caller.signUp();
        String id = create(owner).path("id");
        String team = get(owner, "list-teams").path("[0].id");
        assertEquals(EXPECTED, counts(owner));
        for (String role : List.of("member", "admin", "owner")) {
            Caller member = join(owner, id, role);
            post(owner, "add-team-member", Map.of("teamId", team, "userId", member.id.toString()))
                    .then()
                    .statusCode(200);
            // invitations by others than the reader, so that their inviters are read too
            if (!role.equals("member")) {
                invite(member, id, Caller.newEmail(), "member");
            }
            post(owner, "create-team", Map.of("name", "Team of " + role)).then().statusCode(200);
        }
        assertEquals(EXPECTED, counts(owner));
    }
}
