package dev.roster.groups.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The number of SQL statements of groups")
class GroupsStatementCountTest {

    private static UUID group(UUID parent) {
        UUID id = UUID.randomUUID();
        Database.update(
                "INSERT INTO groups (id, name, slug, parent_id) VALUES (?, 'Group', ?, ?)",
                id,
                id.toString(),
                parent);
        return id;
    }

    private static void join(UUID group, Caller user) {
        Database.update(
                "INSERT INTO memberships (id, group_id, user_id, roles) VALUES (?, ?, ?,"
                        + " '{member}')",
                UUID.randomUUID(),
                group,
                user.id);
    }

    @Test
    @DisplayName("is the same however many groups, members and levels there are")
    void reads() {
        Caller admin = Caller.admin();
        Caller ada = Caller.signUp();
        UUID top = group(null);
        join(top, ada);
        String path = "/api/v1/groups/" + top;
        List<String> reads =
                List.of(
                        "/api/v1/groups?parent=" + top,
                        path,
                        path + "/members",
                        path + "/members?nested=true",
                        "/api/v1/users/" + ada.id + "/groups");
        // each time one of them is the caller's
        List<Integer> expected = List.of(2, 2, 3, 3, 3);
        assertEquals(expected, counts(admin, reads));
        UUID below = top;
        for (int i = 0; i < 3; i++) {
            below = group(below);
            join(below, ada);
            join(below, admin);
        }
        assertEquals(expected, counts(admin, reads));
    }

    private static List<Integer> counts(Caller caller, List<String> paths) {
        return paths.stream()
                .map(
                        path ->
                                Statements.of(() -> Rest.get(caller, path).then().statusCode(200))
                                        .size())
                .toList();
    }
}
