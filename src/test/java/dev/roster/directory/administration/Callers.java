package dev.roster.directory.administration;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import java.util.UUID;

/** Callers with some of an administrator's permissions. */
final class Callers {

    private Callers() {}

    static Caller support() {
        Caller caller = Caller.signUp();
        grant(caller, "support");
        return caller;
    }

    /** A user whose only role allows these. */
    static Caller with(String... permissions) {
        Caller caller = Caller.signUp();
        grant(caller, role(permissions));
        return caller;
    }

    /** A new role that allows these: its name. */
    static String role(String... permissions) {
        String role = "r" + UUID.randomUUID().toString().replace("-", "");
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (gen_random_uuid(), ?, ?)",
                role,
                permissions);
        return role;
    }

    static void grant(Caller caller, String role) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
    }

    static void strip(Caller caller) {
        Database.update("DELETE FROM role_grants WHERE user_id = ?", caller.id);
    }
}
