package dev.roster.directory.administration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.access.Authority;
import dev.roster.access.Authority.Actor;
import dev.roster.access.Role;
import dev.roster.accounts.passwordreset.PasswordInvitations;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.mail.MailKind;
import dev.roster.platform.json.Documents;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import dev.roster.platform.problem.Violations;
import dev.roster.platform.security.Permission;
import dev.roster.users.AttributeCircle;
import dev.roster.users.Attributes;
import dev.roster.users.Username;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/**
 * Makes accounts for many in one transaction: the same number of statements for ten as for ten
 * thousand, but one for each set of roles that is given.
 */
@ApplicationScoped
class BulkUserCreation {

    /** A problem names no more than a person reads. */
    private static final int SHOWN = 100;

    private final Authority authority;
    private final Documents documents;
    private final UserRules rules;
    private final Attributes attributes;
    private final UserStatements statements;
    private final PasswordInvitations invitations;
    private final AuditLog audit;

    BulkUserCreation(
            Authority authority,
            Documents documents,
            UserRules rules,
            Attributes attributes,
            UserStatements statements,
            PasswordInvitations invitations,
            AuditLog audit) {
        this.authority = authority;
        this.documents = documents;
        this.rules = rules;
        this.attributes = attributes;
        this.statements = statements;
        this.invitations = invitations;
        this.audit = audit;
    }

    /** One account: how it is to be stored, unless there is a fault. */
    private static final class Candidate {

        private final int index;
        private NewUser body;
        private UserStatements.Row row;
        private ProblemException fault;

        private Candidate(int index) {
            this.index = index;
        }

        private String member(String name) {
            return "users." + index + "." + name;
        }

        private boolean isGood() {
            return fault == null;
        }

        private void refuse(ProblemCode code, String member, String message) {
            if (fault == null) {
                fault =
                        new ProblemException(
                                code, null, List.of(Violation.body(member(member), message)));
            }
        }

        private BulkCreationView.Item item(boolean dryRun) {
            return isGood()
                    ? BulkCreationView.Item.created(index, dryRun ? null : row.id())
                    : BulkCreationView.Item.refused(index, fault.code(), fault.violations());
        }
    }

    /**
     * Makes the accounts, or in an atomic request none.
     *
     * @throws ProblemException 400, 403 or 409 with what is wrong, each with the place of its
     *     account, where one cannot be made and the request is atomic
     */
    @Transactional
    BulkCreationView create(UUID actorId, BulkCreation request) {
        Actor actor = authority.require(actorId, Permission.USERS_CREATE);
        List<Candidate> candidates = new ArrayList<>();
        for (ObjectNode user : request.users()) {
            candidates.add(read(candidates.size(), user));
        }
        refuseForbidden(actor, candidates);
        refuseRepeated(candidates);
        refuseTaken(candidates);
        requireGood(request, candidates);
        if (!request.isDryRun()) {
            store(actorId, candidates);
            // those that somebody else took since
            requireGood(request, candidates);
            invite(candidates);
        }
        return answer(request, candidates);
    }

    private Candidate read(int index, ObjectNode user) {
        Candidate candidate = new Candidate(index);
        try {
            Violations.within("users." + index, () -> read(candidate, user));
        } catch (ProblemException e) {
            candidate.fault = e;
        }
        return candidate;
    }

    private Candidate read(Candidate candidate, ObjectNode user) {
        NewUser body = documents.read(user, NewUser.class);
        Username username = rules.username(body.username(), body.displayUsername());
        String email = rules.email(body.email());
        if (body.attributes() != null) {
            body.attributes().properties().removeIf(member -> member.getValue().isNull());
            attributes.validate(AttributeCircle.ALL, body.attributes());
        }
        if (body.wantsLink()) {
            invitations.requirePossible(body.redirectTo());
        }
        candidate.body = body;
        candidate.row =
                new UserStatements.Row(
                        UuidVersion7Strategy.INSTANCE.generateUuid(null),
                        body.name(),
                        email,
                        body.isVerified(),
                        username,
                        body.image(),
                        body.status(),
                        body.grantedRoles(),
                        body.profile(),
                        body.attributes());
        return candidate;
    }

    /** Roles that there are not or that are not the actor's to give; addresses to be believed. */
    private static void refuseForbidden(Actor actor, List<Candidate> candidates) {
        Set<String> names =
                candidates.stream()
                        .filter(Candidate::isGood)
                        .flatMap(candidate -> candidate.row.roles().stream())
                        .collect(Collectors.toSet());
        Map<String, Role> roles =
                names.isEmpty()
                        ? Map.of()
                        : Role.listByName(names).stream()
                                .collect(Collectors.toMap(role -> role.name, Function.identity()));
        for (Candidate candidate : candidates) {
            if (!candidate.isGood()) {
                continue;
            }
            List<String> wanted = candidate.row.roles();
            if (!roles.keySet().containsAll(wanted)) {
                candidate.refuse(
                        ProblemCode.VALIDATION_FAILED, "roles", "names a role that does not exist");
            }
            if (!wanted.isEmpty()
                    && !(actor.may(Permission.USERS_SET_ROLE)
                            && actor.covers(
                                    wanted.stream()
                                            .map(roles::get)
                                            .filter(Objects::nonNull)
                                            .toList()))) {
                candidate.refuse(ProblemCode.FORBIDDEN, "roles", "are not yours to give");
            }
            if (candidate.row.emailVerified() && !actor.may(Permission.USERS_SET_EMAIL)) {
                candidate.refuse(ProblemCode.FORBIDDEN, "emailVerified", "needs users:set-email");
            }
        }
    }

    /** Of two with the same address or user name the first one counts. */
    private static void refuseRepeated(List<Candidate> candidates) {
        Map<String, Integer> emails = new HashMap<>();
        Map<String, Integer> usernames = new HashMap<>();
        for (Candidate candidate : candidates) {
            if (!candidate.isGood()) {
                continue;
            }
            Integer email = emails.putIfAbsent(candidate.row.emailKey(), candidate.index);
            if (email != null) {
                candidate.refuse(ProblemCode.EMAIL_TAKEN, "email", "is that of users." + email);
            }
            String name = candidate.row.username().username();
            Integer username = name == null ? null : usernames.putIfAbsent(name, candidate.index);
            if (username != null) {
                candidate.refuse(
                        ProblemCode.USERNAME_TAKEN, "username", "is that of users." + username);
            }
        }
    }

    private void refuseTaken(List<Candidate> candidates) {
        List<UserStatements.Row> rows = rows(candidates);
        UserStatements.Taken taken = statements.taken(rows);
        for (Candidate candidate : candidates) {
            if (candidate.isGood()) {
                refuseTaken(candidate, taken);
            }
        }
    }

    private static void refuseTaken(Candidate candidate, UserStatements.Taken taken) {
        if (taken.emails().contains(candidate.row.emailKey())) {
            candidate.refuse(ProblemCode.EMAIL_TAKEN, "email", "is another user's");
        }
        if (taken.usernames().contains(candidate.row.username().username())) {
            candidate.refuse(ProblemCode.USERNAME_TAKEN, "username", "is another user's");
        }
    }

    private static List<UserStatements.Row> rows(List<Candidate> candidates) {
        return candidates.stream().filter(Candidate::isGood).map(it -> it.row).toList();
    }

    private void store(UUID actor, List<Candidate> candidates) {
        Set<UUID> made = new HashSet<>(statements.insert(rows(candidates), actor));
        boolean raced = false;
        for (Candidate candidate : candidates) {
            raced |= candidate.isGood() && !made.contains(candidate.row.id());
        }
        if (raced) {
            refuseRaced(candidates, made);
        }
        audit.recordAll(AuditAction.USER_CREATED, actor, "user", made, null);
        Map<UUID, AuditLog.Change> granted = new LinkedHashMap<>();
        for (UserStatements.Row row : rows(candidates)) {
            if (!row.roles().isEmpty()) {
                ObjectNode after = documents.tree(Map.of("role", String.join(",", row.roles())));
                granted.put(row.id(), new AuditLog.Change(null, after));
            }
        }
        audit.recordEach(AuditAction.ROLES_CHANGED, actor, "user", granted);
    }

    private void refuseRaced(List<Candidate> candidates, Set<UUID> made) {
        List<Candidate> missing =
                candidates.stream()
                        .filter(it -> it.isGood() && !made.contains(it.row.id()))
                        .toList();
        UserStatements.Taken taken = statements.taken(missing.stream().map(it -> it.row).toList());
        for (Candidate candidate : missing) {
            refuseTaken(candidate, taken);
            candidate.refuse(ProblemCode.EMAIL_TAKEN, "email", "is another user's");
        }
    }

    private void invite(List<Candidate> candidates) {
        invitations.sendAll(
                MailKind.SET_PASSWORD,
                candidates.stream()
                        .filter(it -> it.isGood() && it.body.wantsLink())
                        .map(
                                it ->
                                        new PasswordInvitations.Invited(
                                                it.row.id(),
                                                it.row.name(),
                                                it.row.email(),
                                                it.body.profile() == null
                                                        ? null
                                                        : it.body.profile().locale(),
                                                it.body.redirectTo()))
                        .toList());
    }

    private static void requireGood(BulkCreation request, List<Candidate> candidates) {
        List<ProblemException> faults =
                candidates.stream().filter(it -> !it.isGood()).map(it -> it.fault).toList();
        if (request.isPartial() || faults.isEmpty()) {
            return;
        }
        Set<ProblemCode> codes =
                faults.stream().map(ProblemException::code).collect(Collectors.toSet());
        ProblemCode worst =
                codes.contains(ProblemCode.VALIDATION_FAILED)
                        ? ProblemCode.VALIDATION_FAILED
                        : codes.contains(ProblemCode.FORBIDDEN)
                                ? ProblemCode.FORBIDDEN
                                : faults.get(0).code();
        throw new ProblemException(
                worst,
                faults.size() + " of " + candidates.size() + " users cannot be made; none was",
                faults.stream().flatMap(it -> it.violations().stream()).limit(SHOWN).toList());
    }

    private static BulkCreationView answer(BulkCreation request, List<Candidate> candidates) {
        int created = (int) candidates.stream().filter(Candidate::isGood).count();
        return new BulkCreationView(
                created,
                candidates.size() - created,
                request.isDryRun(),
                candidates.stream().map(it -> it.item(request.isDryRun())).toList());
    }
}
