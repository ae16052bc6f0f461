package dev.roster;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.library.modules.syntax.ModuleRuleDefinition.modules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.modules.syntax.AllowedModuleDependencies;
import com.tngtech.archunit.library.modules.syntax.ModuleDependencyScope;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.accounts.betterauth.SignedIn;
import dev.roster.accounts.session.CurrentSession;
import dev.roster.audit.AuditEvent;
import dev.roster.platform.security.Permission;
import dev.roster.testing.SourceCode;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.security.Authenticated;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.config.ConfigMapping;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.MappedSuperclass;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the code has to keep to beyond what the compiler checks. Each rule is held against the
 * service, as compiled and before Quarkus changes it, and against code that breaks it.
 */
class ArchitectureTest {

    private static final String ROOT = "dev.roster";
    private static final String ALL = ROOT + "..";

    private static final DescribedPredicate<JavaClass> ENTITIES =
            describe(
                    "entities",
                    type ->
                            type.isAnnotatedWith(Entity.class)
                                    || type.isAnnotatedWith(MappedSuperclass.class)
                                    || type.isAnnotatedWith(Embeddable.class));

    private static final DescribedPredicate<JavaMethod> ENDPOINTS =
            describe(
                    "endpoints",
                    method ->
                            method.isMetaAnnotatedWith(HttpMethod.class)
                                    || method.isAnnotatedWith(jakarta.ws.rs.Path.class));

    private static final DescribedPredicate<JavaAccess<?>> ASKING_FOR_THE_SESSION =
            describe(
                    "a call of CurrentSession.require or requireFresh",
                    access ->
                            access.getTargetOwner().isEquivalentTo(CurrentSession.class)
                                    && Set.of("require", "requireFresh")
                                            .contains(access.getTarget().getName()));

    /** Where a start is refused, before anything has set up a log, and commands for a terminal. */
    private static final Set<String> BEFORE_THE_LOG =
            Set.of(
                    ROOT + ".Main",
                    ROOT + ".platform.readiness.StartupFailure",
                    ROOT + ".directory.betterauth.ImportBetterAuth",
                    ROOT + ".directory.transfer.ImportUsers",
                    ROOT + ".directory.transfer.ExportUsers");

    private static final JavaClasses SERVICE =
            new ClassFileImporter().importPath(Path.of("target", "classes"));

    /** A rule, and code that it must refuse: without any it could be one that never fails. */
    private record Rule(String name, ArchRule rule, List<Wrong> wrong) {}

    private record Wrong(String what, String[] sources) {}

    private final List<Rule> rules = new ArrayList<>();

    @TempDir Path directory;

    @TestFactory
    Stream<DynamicContainer> rules() {
        layers();
        web();
        records();
        present();
        connections();
        habits();
        return rules.stream().map(this::tests);
    }

    @Test
    @DisplayName("every package says what it is for")
    void packagesAreDescribed() throws IOException {
        List<String> silent = new ArrayList<>();
        try (Stream<Path> directories =
                Files.walk(Path.of("src", "main", "java")).filter(Files::isDirectory)) {
            for (Path path : directories.toList()) {
                try (Stream<Path> files = Files.list(path)) {
                    Path info = path.resolve("package-info.java");
                    boolean code = files.anyMatch(file -> file.toString().endsWith(".java"));
                    if (code && !(Files.exists(info) && Files.readString(info).contains("/**"))) {
                        silent.add(path.toString());
                    }
                }
            }
        }
        assertEquals(List.of(), silent, "without package-info.java");
    }

    private void layers() {
        rule(
                "features use only what lies below them",
                modules()
                        .definedByPackages(ROOT + ".(*)..")
                        .should()
                        .respectTheirAllowedDependencies(
                                allowedDependencies(),
                                ModuleDependencyScope.consideringOnlyDependenciesInAnyPackage(ALL)),
                wrong(
                        "users that know accounts",
                        """
                        package dev.roster.users;
                        class Wrong { dev.roster.accounts.session.Other other; }
                        """,
                        """
                        package dev.roster.accounts.session;
                        public class Other {}
                        """),
                wrong(
                        "a platform that knows a feature",
                        """
                        package dev.roster.platform.http;
                        class Wrong { dev.roster.users.Other other; }
                        """,
                        """
                        package dev.roster.users;
                        public class Other {}
                        """),
                wrong(
                        "a feature that the table does not know",
                        """
                        package dev.roster.upstart;
                        class Wrong { dev.roster.users.Other other; }
                        """,
                        """
                        package dev.roster.users;
                        public class Other {}
                        """));
        rule(
                "nothing uses the top, which puts everything together",
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(ROOT),
                wrong(
                        "a feature that uses the main class",
                        """
                        package dev.roster.users;
                        class Wrong { dev.roster.Top top; }
                        """,
                        """
                        package dev.roster;
                        public class Top {}
                        """));
        rule(
                "features are free of cycles",
                slices().matching(ROOT + ".(*)..").should().beFreeOfCycles(),
                wrong(
                        "users and access that need each other",
                        """
                        package dev.roster.users;
                        public class Wrong { dev.roster.access.Other other; }
                        """,
                        """
                        package dev.roster.access;
                        public class Other { dev.roster.users.Wrong wrong; }
                        """));
        for (String parent : List.of("accounts", "platform")) {
            rule(
                    "the parts of " + parent + " are free of cycles",
                    slices().matching(ROOT + "." + parent + ".(*)..").should().beFreeOfCycles(),
                    wrong(
                            "two parts that need each other",
                            """
                            package dev.roster.PARENT.one;
                            public class Wrong { dev.roster.PARENT.two.Other other; }
                            """
                                    .replace("PARENT", parent),
                            """
                            package dev.roster.PARENT.two;
                            public class Other { dev.roster.PARENT.one.Wrong wrong; }
                            """
                                    .replace("PARENT", parent)));
        }
    }

    /** DESIGN.md's tiers; what is absent is forbidden. */
    private static AllowedModuleDependencies allowedDependencies() {
        return AllowedModuleDependencies.allow()
                .fromModule("audit")
                .toModules("platform")
                .fromModule("ratelimit")
                .toModules("platform", "audit")
                .fromModule("mail")
                .toModules("platform", "audit")
                .fromModule("retention")
                .toModules("platform", "audit")
                .fromModule("jobs")
                .toModules("platform", "audit")
                .fromModule("users")
                .toModules("platform", "audit", "ratelimit")
                .fromModule("access")
                .toModules("platform", "audit", "users")
                .fromModule("accounts")
                .toModules("platform", "audit", "ratelimit", "mail", "users", "access")
                .fromModule("groups")
                .toModules("platform", "audit", "ratelimit", "mail", "users", "access", "accounts")
                .fromModule("posts")
                .toModules("platform", "audit", "ratelimit", "users", "groups")
                .fromModule("tasks")
                .toModules("platform", "audit", "ratelimit", "users", "groups")
                .fromModule("ledger")
                .toModules("platform", "audit", "ratelimit", "users")
                .fromModule("directory")
                .toModules(
                        "platform",
                        "audit",
                        "ratelimit",
                        "mail",
                        "jobs",
                        "users",
                        "access",
                        "accounts",
                        "groups")
                .fromModule("ops")
                .toModules("platform");
    }

    private void web() {
        rule(
                "what has a path is called a resource",
                classes()
                        .that()
                        .areAnnotatedWith(jakarta.ws.rs.Path.class)
                        .should()
                        .haveSimpleNameEndingWith("Resource"),
                wrong(
                        "a path of another name",
                        """
                        package dev.roster.users;
                        @jakarta.ws.rs.Path("/wrong")
                        class Wrong {}
                        """));
        rule(
                "what is called a resource has a path",
                classes()
                        .that()
                        .haveSimpleNameEndingWith("Resource")
                        .should()
                        .beAnnotatedWith(jakarta.ws.rs.Path.class),
                wrong(
                        "a name without a path",
                        """
                        package dev.roster.users;
                        class WrongResource {}
                        """));
        rule(
                "nobody uses a resource",
                classes().should(useNoOtherResource()),
                wrong(
                        "a service that uses a resource",
                        """
                        package dev.roster.users;
                        class Wrong { UsersResource resource; }
                        """),
                wrong(
                        "a service that uses a record of a resource",
                        """
                        package dev.roster.accounts.signup;
                        class Wrong { SignUpResource.SignedUp answer; }
                        """));
        rule(
                "no entity is on the wire",
                methods().that(ENDPOINTS).should(keepEntitiesOffTheWire()),
                wrong(
                        "an entity in a list that is returned",
                        """
                        package dev.roster.users;
                        class WrongResource {
                            @jakarta.ws.rs.GET public java.util.List<User> list() { return null; }
                        }
                        """),
                wrong(
                        "an entity as a body",
                        """
                        package dev.roster.users;
                        class WrongResource {
                            @jakarta.ws.rs.POST public void create(User user) {}
                        }
                        """),
                wrong(
                        "an entity inside the returned record",
                        """
                        package dev.roster.users;
                        class WrongResource {
                            record Inner(java.util.Optional<Profile> profile) {}
                            record Outer(Inner[] inner) {}
                            @jakarta.ws.rs.GET public Outer get() { return null; }
                        }
                        """));
        rule(
                "every endpoint declares who may call it",
                methods().that(ENDPOINTS).should(declareWhoMayCall()),
                wrong(
                        "an endpoint that says nothing",
                        """
                        package dev.roster.users;
                        class WrongResource {
                            @jakarta.ws.rs.GET public String get() { return null; }
                        }
                        """),
                wrong(
                        "an endpoint for who has a permission that there is not",
                        """
                        package dev.roster.users;
                        class WrongResource {
                            @io.quarkus.security.PermissionsAllowed("users:lst")
                            @jakarta.ws.rs.GET public String get() { return null; }
                        }
                        """),
                wrong(
                        "a Better Auth endpoint that is not open",
                        """
                        package dev.roster.accounts.session;
                        @dev.roster.accounts.betterauth.BetterAuth
                        @io.quarkus.security.Authenticated
                        class WrongResource {
                            @jakarta.ws.rs.GET public String get() { return null; }
                        }
                        """));
        rule(
                "@SignedIn and asking for the session go together",
                methods()
                        .that()
                        .areDeclaredInClassesThat(
                                not(
                                        describe(
                                                "CurrentSession",
                                                t -> t.isEquivalentTo(CurrentSession.class))))
                        .should(askForTheSessionWhereSignedIn()),
                wrong(
                        "an endpoint that never asks",
                        """
                        package dev.roster.accounts.session;
                        @dev.roster.accounts.betterauth.BetterAuth
                        class WrongResource {
                            @dev.roster.accounts.betterauth.SignedIn
                            public void get(CurrentSession current) { current.find(); }
                        }
                        """),
                wrong(
                        "an endpoint that asks only where a lambda happens to run",
                        """
                        package dev.roster.accounts.session;
                        @dev.roster.accounts.betterauth.BetterAuth
                        class WrongResource {
                            @dev.roster.accounts.betterauth.SignedIn
                            public void get(CurrentSession current, java.util.Optional<String> some) {
                                some.ifPresent(it -> current.require());
                            }
                        }
                        """),
                wrong(
                        "an endpoint that asks and does not say so",
                        """
                        package dev.roster.accounts.session;
                        @dev.roster.accounts.betterauth.BetterAuth
                        class WrongResource {
                            public void get(CurrentSession current) { current.requireFresh(); }
                        }
                        """),
                wrong(
                        "a method reference that asks and does not say so",
                        """
                        package dev.roster.accounts.session;
                        class Wrong {
                            java.util.function.Supplier<?> get(CurrentSession current) { return current::require; }
                        }
                        """),
                wrong(
                        "the annotation outside the dialect",
                        """
                        package dev.roster.accounts.session;
                        class WrongResource {
                            @dev.roster.accounts.betterauth.SignedIn
                            public void get(CurrentSession current) { current.require(); }
                        }
                        """));
        rule(
                "resources leave the entity manager to the entities",
                noClasses()
                        .that()
                        .haveSimpleNameEndingWith("Resource")
                        .should()
                        .dependOnClassesThat()
                        .areAssignableTo(EntityManager.class),
                wrong(
                        "a resource with an entity manager",
                        """
                        package dev.roster.users;
                        class WrongResource { jakarta.persistence.EntityManager entityManager; }
                        """));
    }

    private void records() {
        rule(
                "an entity's fields are written in its own feature",
                noClasses()
                        .should()
                        .setFieldWhere(
                                describe(
                                        "the field is of an entity of another feature",
                                        (JavaFieldAccess access) ->
                                                ENTITIES.test(access.getTargetOwner())
                                                        && crossesFeatures(access))),
                wrong(
                        "accounts that write a user's name",
                        """
                        package dev.roster.accounts.signup;
                        class Wrong { void run(dev.roster.users.User user) { user.name = "x"; } }
                        """),
                wrong(
                        "a lambda that does, of an inherited field",
                        """
                        package dev.roster.accounts.signup;
                        class Wrong {
                            java.util.function.Consumer<dev.roster.users.User> run() {
                                return user -> user.version = 0;
                            }
                        }
                        """));
        rule(
                "an entity is stored and deleted by its own feature",
                noClasses()
                        .should(
                                accessTargetWhere(
                                                describe(
                                                        "the target changes an entity of another"
                                                                + " feature",
                                                        (JavaAccess<?> access) ->
                                                                access instanceof JavaCodeUnitAccess
                                                                        && isActiveRecord(
                                                                                access
                                                                                        .getTargetOwner())
                                                                        && access.getTarget()
                                                                                .getName()
                                                                                .matches(
                                                                                        "(persist|delete|update|flush).*")
                                                                        && crossesFeatures(access)))
                                        .as("change an entity of another feature")),
                wrong(
                        "accounts that store a user",
                        """
                        package dev.roster.accounts.signup;
                        class Wrong { void run(dev.roster.users.User user) { user.persistAndFlush(); } }
                        """),
                wrong(
                        "accounts that delete users by a query",
                        """
                        package dev.roster.accounts.signup;
                        class Wrong { void run() { dev.roster.users.User.delete("name", "x"); } }
                        """),
                wrong(
                        "a method reference that does",
                        """
                        package dev.roster.accounts.signup;
                        class Wrong {
                            java.util.function.Consumer<dev.roster.users.User> run() { return dev.roster.users.User::delete; }
                        }
                        """));
        rule(
                "the audit trail is append-only",
                noClasses()
                        .should(
                                accessTargetWhere(
                                                describe(
                                                        "the target changes what was written",
                                                        (JavaAccess<?> access) ->
                                                                access.getTargetOwner()
                                                                                .isAssignableTo(
                                                                                        AuditEvent
                                                                                                .class)
                                                                        && access.getTarget()
                                                                                .getName()
                                                                                .matches(
                                                                                        "(delete|update).*")))
                                        .as("change or delete audit events")),
                wrong(
                        "the audit's own feature deleting old events",
                        """
                        package dev.roster.audit;
                        class Wrong { void run() { AuditEvent.delete("occurredAt < ?1", 1); } }
                        """),
                wrong(
                        "the audit's own feature changing an event",
                        """
                        package dev.roster.audit;
                        class Wrong { void run() { AuditEvent.update("action = 'x'"); } }
                        """));
        rule(
                "entities are active records",
                classes()
                        .that()
                        .areAnnotatedWith(Entity.class)
                        .should()
                        .beAssignableTo(PanacheEntityBase.class),
                wrong(
                        "a plain entity",
                        """
                        package dev.roster.users;
                        @jakarta.persistence.Entity
                        class Wrong {}
                        """));
        rule(
                "entities leave transactions to the use case",
                classes().that(ENTITIES).should(beFreeOfTransactions()),
                wrong(
                        "a method with a transaction of its own",
                        """
                        package dev.roster.users;
                        @jakarta.persistence.Entity
                        class Wrong { @jakarta.transaction.Transactional void run() {} }
                        """),
                wrong(
                        "a whole entity",
                        """
                        package dev.roster.users;
                        @jakarta.persistence.MappedSuperclass
                        @jakarta.transaction.Transactional
                        class Wrong {}
                        """));
        rule(
                "views, commands and documents are records",
                classes()
                        .that()
                        // platform.json.MergePatch is the technique
                        .resideOutsideOfPackage(ROOT + ".platform..")
                        .and()
                        .haveNameMatching(".*[.$](\\w+(View|Patch|Document)|New[A-Z]\\w*)")
                        .should()
                        .beRecords(),
                wrong(
                        "a view that is a class",
                        """
                        package dev.roster.users;
                        class WrongView {}
                        """),
                wrong(
                        "a nested command that is a class",
                        """
                        package dev.roster.users;
                        class Wrong { static class NewThing {} }
                        """));
    }

    private void present() {
        rule(
                "the clock is injected",
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT + ".platform.time..")
                        .should(
                                accessTargetWhere(
                                                describe(
                                                        "the target asks the system for the time",
                                                        ArchitectureTest::asksForTheTime))
                                        .as("ask the system for the time")),
                time("java.time.Instant.now()"),
                time("java.time.LocalDate.now()"),
                time("java.time.LocalDate.now(java.time.ZoneOffset.UTC)"),
                time("java.time.ZonedDateTime.now()"),
                time("System.currentTimeMillis()"),
                time("new java.util.Date()"),
                time("java.time.Clock.systemUTC()"),
                wrong(
                        "a method reference",
                        """
                        package dev.roster.users;
                        class Wrong { java.util.function.Supplier<?> clock = java.time.Instant::now; }
                        """));
        rule(
                "nothing is guessable: java.util.Random and its like are nowhere",
                noClasses()
                        .should()
                        .dependOnClassesThat(
                                belongToAnyOf(
                                        Random.class,
                                        SplittableRandom.class,
                                        ThreadLocalRandom.class))
                        .orShould()
                        .callMethod(Math.class, "random"),
                random("new java.util.Random().nextInt()"),
                random("java.util.concurrent.ThreadLocalRandom.current().nextInt()"),
                random("Math.random()"));
        rule(
                "chance comes from platform.crypto",
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT + ".platform.crypto..")
                        .should()
                        .dependOnClassesThat(belongToAnyOf(SecureRandom.class))
                        .orShould()
                        .callMethod(UUID.class, "randomUUID"),
                random("java.util.UUID.randomUUID()"),
                random("new java.security.SecureRandom()"));
    }

    private void connections() {
        rule(
                "no result stream keeps a connection until somebody closes it",
                noClasses()
                        .should(
                                accessTargetWhere(
                                                describe(
                                                        "the target streams rows",
                                                        ArchitectureTest::streamsRows))
                                        .as("stream rows")),
                expression("((jakarta.persistence.Query) null).getResultStream()"),
                expression("dev.roster.users.User.streamAll()"),
                expression("dev.roster.users.User.findAll().stream()"));
    }

    private static boolean streamsRows(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return access.getName().equals("getResultStream")
                || access.getName().startsWith("stream")
                        && (owner.isAssignableTo(PanacheEntityBase.class)
                                || owner.isAssignableTo(PanacheQuery.class));
    }

    private static Wrong time(String expression) {
        return expression(expression);
    }

    private static Wrong random(String expression) {
        return expression(expression);
    }

    private static Wrong expression(String expression) {
        return wrong(
                expression,
                """
                package dev.roster.users;
                class Wrong { Object value = %s; }
                """
                        .formatted(expression));
    }

    private void habits() {
        rule(
                "logs go through JBoss Logging",
                noClasses().should(USE_JAVA_UTIL_LOGGING),
                wrong(
                        "java.util.logging",
                        """
                        package dev.roster.users;
                        class Wrong { java.util.logging.Logger log = java.util.logging.Logger.getLogger("x"); }
                        """));
        rule(
                "only the start writes to the standard streams",
                noClasses()
                        .that(
                                describe(
                                        "do not speak before there is a log",
                                        type ->
                                                !BEFORE_THE_LOG.contains(
                                                        outermost(type).getName())))
                        .should(ACCESS_STANDARD_STREAMS),
                expression("System.out.append('x')"),
                wrong(
                        "a stack trace",
                        """
                        package dev.roster.users;
                        class Wrong { void run(Exception e) { e.printStackTrace(); } }
                        """));
        rule(
                "settings are read through interfaces called Config",
                classes()
                        .that()
                        .areAnnotatedWith(ConfigMapping.class)
                        .should()
                        .beInterfaces()
                        .andShould()
                        .haveSimpleNameEndingWith("Config"),
                wrong(
                        "settings of another name",
                        """
                        package dev.roster.users;
                        @io.smallrye.config.ConfigMapping(prefix = "wrong")
                        interface Wrong {}
                        """));
    }

    // ---- tests

    private void rule(String name, ArchRule rule, Wrong... wrong) {
        rules.add(new Rule(name, rule, List.of(wrong)));
    }

    private static Wrong wrong(String what, String... sources) {
        return new Wrong(what, sources);
    }

    private DynamicContainer tests(Rule rule) {
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(dynamicTest("the service keeps it", () -> rule.rule().check(SERVICE)));
        assertFalse(rule.wrong().isEmpty(), rule.name());
        for (Wrong wrong : rule.wrong()) {
            tests.add(dynamicTest("it refuses " + wrong.what(), () -> refuses(rule, wrong)));
        }
        return dynamicContainer(rule.name(), tests);
    }

    private void refuses(Rule rule, Wrong wrong) throws IOException {
        Path output = Files.createTempDirectory(directory, "wrong");
        SourceCode.compile(output, wrong.sources());
        assertTrue(rule.rule().evaluate(new ClassFileImporter().importPath(output)).hasViolation());
    }

    // ---- conditions

    private static <T> ArchCondition<T> condition(
            String description, BiConsumer<T, ConditionEvents> check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(T item, ConditionEvents events) {
                check.accept(item, events);
            }
        };
    }

    private static ArchCondition<JavaClass> useNoOtherResource() {
        return condition(
                "use no other resource",
                (type, events) ->
                        type.getDirectDependenciesFromSelf().stream()
                                .filter(use -> isResource(outermost(use.getTargetClass())))
                                .filter(
                                        use ->
                                                !outermost(use.getTargetClass())
                                                        .equals(outermost(type)))
                                .forEach(
                                        use ->
                                                events.add(
                                                        SimpleConditionEvent.violated(
                                                                use, use.getDescription()))));
    }

    private static ArchCondition<JavaMethod> keepEntitiesOffTheWire() {
        return condition(
                "keep entities off the wire",
                (method, events) -> {
                    List<JavaType> types = new ArrayList<>(method.getParameterTypes());
                    types.add(method.getReturnType());
                    for (JavaType type : types) {
                        for (JavaClass entity : entitiesIn(type, new HashSet<>())) {
                            events.add(
                                    SimpleConditionEvent.violated(
                                            method,
                                            method.getFullName() + " shows " + entity.getName()));
                        }
                    }
                });
    }

    /** Entities among a type, its arguments, its elements, and what is inside our own records. */
    private static Set<JavaClass> entitiesIn(JavaType type, Set<JavaClass> seen) {
        Set<JavaClass> entities = new HashSet<>();
        for (JavaClass raw : type.getAllInvolvedRawTypes()) {
            JavaClass element = raw.getBaseComponentType();
            if (!seen.add(element)) {
                continue;
            }
            if (ENTITIES.test(element)) {
                entities.add(element);
            } else if (element.getPackageName().startsWith(ROOT)) {
                for (JavaField field : element.getFields()) {
                    if (!field.getModifiers().contains(JavaModifier.STATIC)) {
                        entities.addAll(entitiesIn(field.getType(), seen));
                    }
                }
            }
        }
        return entities;
    }

    private static ArchCondition<JavaMethod> declareWhoMayCall() {
        return condition(
                "declare who may call them",
                (method, events) -> {
                    JavaClass resource = method.getOwner();
                    boolean declared =
                            resource.isAnnotatedWith(BetterAuth.class)
                                    ? resource.isAnnotatedWith(PermitAll.class)
                                    : declaresCallers(method) || declaresCallers(resource);
                    if (!declared) {
                        events.add(
                                SimpleConditionEvent.violated(
                                        method, method.getFullName() + " does not say who"));
                    }
                });
    }

    private static boolean declaresCallers(HasAnnotations<?> annotated) {
        return Stream.of(Authenticated.class, RolesAllowed.class, PermitAll.class, DenyAll.class)
                        .anyMatch(annotated::isAnnotatedWith)
                || annotated
                        .tryGetAnnotationOfType(PermissionsAllowed.class)
                        .filter(ArchitectureTest::namesPermissions)
                        .isPresent();
    }

    /** A misspelt one would be nobody's. */
    private static boolean namesPermissions(PermissionsAllowed allowed) {
        return Stream.of(allowed.value()).allMatch(key -> Permission.of(key).isPresent());
    }

    private static ArchCondition<JavaMethod> askForTheSessionWhereSignedIn() {
        return condition(
                "ask for the session exactly where @SignedIn says so",
                (method, events) -> {
                    List<JavaAccess<?>> asking =
                            method.getAccessesFromSelf().stream()
                                    .filter(ASKING_FOR_THE_SESSION)
                                    .toList();
                    boolean signedIn = method.isAnnotatedWith(SignedIn.class);
                    if (signedIn && !method.getOwner().isAnnotatedWith(BetterAuth.class)) {
                        events.add(
                                SimpleConditionEvent.violated(
                                        method, method.getFullName() + " is not of the dialect"));
                    }
                    if (signedIn && !calledDirectly(method)) {
                        events.add(
                                SimpleConditionEvent.violated(
                                        method, method.getFullName() + " never asks"));
                    }
                    if (!signedIn && !asking.isEmpty()) {
                        events.add(
                                SimpleConditionEvent.violated(
                                        method, method.getFullName() + " is not @SignedIn"));
                    }
                });
    }

    private static boolean calledDirectly(JavaCodeUnit method) {
        return method.getMethodCallsFromSelf().stream()
                .anyMatch(call -> ASKING_FOR_THE_SESSION.test(call) && !call.isDeclaredInLambda());
    }

    private static ArchCondition<JavaClass> beFreeOfTransactions() {
        return condition(
                "be free of transactions",
                (type, events) -> {
                    Stream.concat(Stream.of(type), type.getMethods().stream())
                            .filter(it -> it.isAnnotatedWith(Transactional.class))
                            .forEach(
                                    it ->
                                            events.add(
                                                    SimpleConditionEvent.violated(
                                                            it, it + " is @Transactional")));
                });
    }

    private static boolean asksForTheTime(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String name = access.getTarget().getName();
        if (!(access instanceof JavaCodeUnitAccess<?> call)) {
            return false;
        }
        List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
        if (owner.isEquivalentTo(Clock.class)) {
            return name.matches("system.*|tick.+");
        }
        if (owner.isEquivalentTo(System.class)) {
            return name.equals("currentTimeMillis");
        }
        if (owner.isEquivalentTo(Date.class)) {
            return name.equals("<init>") && parameters.isEmpty();
        }
        return owner.getPackageName().equals("java.time")
                && name.equals("now")
                && parameters.stream().noneMatch(type -> type.isEquivalentTo(Clock.class));
    }

    // ---- what rules are made of

    private static boolean isResource(JavaClass type) {
        return type.isAnnotatedWith(jakarta.ws.rs.Path.class);
    }

    /** As the bytecode names it: what inherits from Panache is meant by its own name. */
    private static boolean isActiveRecord(JavaClass type) {
        return type.isAssignableTo(PanacheEntityBase.class);
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static boolean crossesFeatures(JavaAccess<?> access) {
        return !feature(access.getOriginOwner()).equals(feature(access.getTargetOwner()));
    }

    /** The part of the package name below the root: accounts is one feature. */
    private static String feature(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1).split("\\.")[0] : "";
    }
}
