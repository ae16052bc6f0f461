package dev.roster.accounts.session;

import dev.roster.access.Role;
import dev.roster.users.User;
import java.util.List;

/** A session with the token its device showed for it. */
public record ActiveSession(Session session, User user, List<Role> roles, String token) {}
