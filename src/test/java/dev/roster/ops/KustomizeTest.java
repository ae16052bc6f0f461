package dev.roster.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DatabindException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests under {@code k8s/}, as kubectl renders them, held against the typed API. */
@DisplayName("The Kubernetes manifests")
class KustomizeTest {

    /** Delay and timeout of the service's shutdown, and the mail's, in seconds. */
    private static final int SHUTDOWN_SECONDS = 5 + 20 + 10;

    /** PostgreSQL's default max_connections, less those reserved for superusers. */
    private static final int DATABASE_CONNECTIONS = 100 - 3;

    /** Of each pod: imports that arrive, one that is merged, exports. */
    private static final int LONG_CONNECTIONS = 2 + 1 + 2;

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/prod"})
    @DisplayName("hold one of each kind and nothing else")
    void kinds(String directory) {
        assertEquals(
                List.of(
                        "ConfigMap",
                        "Deployment",
                        "HorizontalPodAutoscaler",
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "Service",
                        "ServiceAccount"),
                Manifests.render(directory).objects().stream()
                        .map(HasMetadata::getKind)
                        .sorted()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/prod"})
    @DisplayName("never ask for more connections than PostgreSQL's default, roll-outs included")
    void connections(String directory) {
        Manifests manifests = Manifests.render(directory);
        int surge =
                manifests
                        .the(Deployment.class, "roster")
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal();
        int pods =
                surge
                        + manifests
                                .the(HorizontalPodAutoscaler.class, "roster")
                                .getSpec()
                                .getMaxReplicas();
        int pool =
                Integer.parseInt(
                        manifests.all(ConfigMap.class).get(0).getData().get("ROSTER_POOL_MAX"));
        assertTrue(pods * (pool + LONG_CONNECTIONS) <= DATABASE_CONNECTIONS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod"})
    @DisplayName("name everything they refer to")
    void references(String directory) {
        Manifests manifests = Manifests.render(directory);
        PodSpec pod = podOf(manifests.the(Deployment.class, "roster"));
        manifests.the(ServiceAccount.class, pod.getServiceAccountName());
        String config = roster(manifests).getEnvFrom().get(0).getConfigMapRef().getName();
        assertEquals(
                Set.of(
                        "ROSTER_BASE_URL",
                        "ROSTER_TRUSTED_ORIGINS",
                        "ROSTER_TRUSTED_PROXIES",
                        "ROSTER_POOL_MIN",
                        "ROSTER_POOL_MAX"),
                manifests.the(ConfigMap.class, config).getData().keySet());
        assertEquals(1, manifests.all(ConfigMap.class).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod"})
    @DisplayName(
            "run every pod under the restricted profile, with nothing writable but empty volumes")
    void restricted(String directory) {
        Manifests manifests = Manifests.render(directory);
        for (Deployment deployment : manifests.all(Deployment.class)) {
            PodSpec pod = podOf(deployment);
            assertTrue(pod.getSecurityContext().getRunAsNonRoot());
            assertTrue(pod.getSecurityContext().getRunAsUser() > 0);
            assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
            assertFalse(pod.getAutomountServiceAccountToken());
            assertNull(pod.getHostNetwork());
            assertNull(pod.getHostPID());
            assertNull(pod.getHostIPC());
            pod.getVolumes().forEach(volume -> assertNotNull(volume.getEmptyDir()));
            assertTrue(pod.getInitContainers().isEmpty());
            for (Container container : pod.getContainers()) {
                assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
                assertFalse(container.getSecurityContext().getAllowPrivilegeEscalation());
                assertFalse(container.getSecurityContext().getPrivileged());
                assertEquals(
                        List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
                assertTrue(container.getSecurityContext().getCapabilities().getAdd().isEmpty());
                Set<String> compute = Set.of("cpu", "memory");
                assertEquals(compute, container.getResources().getRequests().keySet());
                assertEquals(compute, container.getResources().getLimits().keySet());
            }
        }
        for (ServiceAccount account : manifests.all(ServiceAccount.class)) {
            assertFalse(account.getAutomountServiceAccountToken());
        }
        assertEquals(
                List.of("/tmp"),
                roster(manifests).getVolumeMounts().stream()
                        .map(VolumeMount::getMountPath)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod"})
    @DisplayName("probe the three health endpoints and leave time to shut down")
    void lifecycle(String directory) {
        Manifests manifests = Manifests.render(directory);
        Container roster = roster(manifests);
        assertEquals(1, roster.getPorts().size());
        assertEquals("http", roster.getPorts().get(0).getName());
        assertEquals(8080, roster.getPorts().get(0).getContainerPort());
        assertProbe("/q/health/started", roster.getStartupProbe());
        assertProbe("/q/health/live", roster.getLivenessProbe());
        assertProbe("/q/health/ready", roster.getReadinessProbe());
        assertTrue(
                podOf(manifests.the(Deployment.class, "roster")).getTerminationGracePeriodSeconds()
                        > SHUTDOWN_SECONDS);
    }

    private static void assertProbe(String path, Probe probe) {
        assertEquals(path, probe.getHttpGet().getPath());
        assertEquals("http", probe.getHttpGet().getPort().getStrVal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod"})
    @DisplayName("select the service's pods, and only those, by one label")
    void selectors(String directory) {
        Manifests manifests = Manifests.render(directory);
        Map<String, String> selector = Map.of("app.kubernetes.io/name", "roster");
        Deployment deployment = manifests.the(Deployment.class, "roster");
        assertEquals(selector, deployment.getSpec().getSelector().getMatchLabels());
        Service service = manifests.the(Service.class, "roster");
        assertEquals(selector, service.getSpec().getSelector());
        assertEquals(80, service.getSpec().getPorts().get(0).getPort());
        assertEquals("http", service.getSpec().getPorts().get(0).getTargetPort().getStrVal());
        NetworkPolicy policy = manifests.the(NetworkPolicy.class, "roster");
        assertEquals(selector, policy.getSpec().getPodSelector().getMatchLabels());
        for (PodDisruptionBudget budget : manifests.all(PodDisruptionBudget.class)) {
            assertEquals(selector, budget.getSpec().getSelector().getMatchLabels());
        }
        for (HorizontalPodAutoscaler scaler : manifests.all(HorizontalPodAutoscaler.class)) {
            assertEquals("apps/v1", scaler.getSpec().getScaleTargetRef().getApiVersion());
            assertEquals("Deployment", scaler.getSpec().getScaleTargetRef().getKind());
            assertEquals("roster", scaler.getSpec().getScaleTargetRef().getName());
        }
        for (Deployment other : manifests.all(Deployment.class)) {
            assertEquals(
                    other == deployment,
                    other.getSpec()
                            .getTemplate()
                            .getMetadata()
                            .getLabels()
                            .entrySet()
                            .containsAll(selector.entrySet()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod"})
    @DisplayName("let in HTTP and let out DNS, PostgreSQL and SMTP, nothing else")
    void network(String directory) {
        NetworkPolicy policy = Manifests.render(directory).the(NetworkPolicy.class, "roster");
        assertEquals(List.of("Ingress", "Egress"), policy.getSpec().getPolicyTypes());
        assertEquals(
                Set.of("TCP 8080"),
                policy.getSpec().getIngress().stream()
                        .flatMap(rule -> ports(rule.getPorts()))
                        .collect(Collectors.toSet()));
        Set<String> out =
                new HashSet<>(
                        Set.of(
                                "UDP 53",
                                "TCP 53",
                                "TCP 5432",
                                "TCP 6432",
                                "TCP 6543",
                                "TCP 25060",
                                "TCP 25061",
                                "TCP 587",
                                "TCP 465",
                                "TCP 2525",
                                "TCP 2587",
                                "TCP 2465"));
        if (directory.equals("overlays/dev")) {
            out.add("TCP 1025");
        }
        assertEquals(
                out,
                policy.getSpec().getEgress().stream()
                        .flatMap(rule -> ports(rule.getPorts()))
                        .collect(Collectors.toSet()));
    }

    private static Stream<String> ports(List<NetworkPolicyPort> ports) {
        assertFalse(ports.isEmpty(), "A rule without ports allows all of them");
        return ports.stream()
                .peek(port -> assertNull(port.getEndPort()))
                .map(port -> port.getProtocol() + " " + port.getPort().getIntVal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/prod"})
    @DisplayName("hold no secret, only references to one made elsewhere")
    void secretsByReference(String directory) {
        Manifests manifests = Manifests.render(directory);
        assertEquals(List.of(), manifests.all(Secret.class));
        Map<String, SecretKeySelector> references =
                roster(manifests).getEnv().stream()
                        .peek(variable -> assertNull(variable.getValue(), variable.getName()))
                        .collect(
                                Collectors.toMap(
                                        EnvVar::getName,
                                        variable -> variable.getValueFrom().getSecretKeyRef()));
        assertEquals(
                Set.of(
                        "DATABASE_URL",
                        "ROSTER_DATABASE_OWNER_URL",
                        "ROSTER_DATABASE_READ_URL",
                        "ROSTER_SECRET",
                        "ROSTER_ENCRYPTION_KEYS",
                        "ROSTER_SMTP_URL"),
                references.keySet());
        references.forEach(
                (variable, reference) -> {
                    assertEquals("roster-secrets", reference.getName());
                    assertEquals(variable, reference.getKey());
                    assertEquals(
                            Set.of(
                                            "ROSTER_DATABASE_OWNER_URL",
                                            "ROSTER_DATABASE_READ_URL",
                                            "ROSTER_ENCRYPTION_KEYS",
                                            "ROSTER_SMTP_URL")
                                    .contains(variable),
                            Boolean.TRUE.equals(reference.getOptional()),
                            variable);
                });
    }

    @Nested
    @DisplayName("for development")
    class Development {

        private final Manifests dev = Manifests.render("overlays/dev");

        @Test
        @DisplayName("run one replica that nothing scales")
        void oneReplica() {
            assertEquals(1, dev.the(Deployment.class, "roster").getSpec().getReplicas());
            assertEquals(List.of(), dev.all(HorizontalPodAutoscaler.class));
            assertEquals(List.of(), dev.all(PodDisruptionBudget.class));
        }

        @Test
        @DisplayName(
                "bring a database and a mailbox in a namespace that enforces the restricted profile")
        void database() {
            for (String name : List.of("postgres", "mailpit")) {
                dev.the(Deployment.class, name);
                dev.the(Service.class, name);
                dev.the(NetworkPolicy.class, name);
            }
            String namespace = dev.all(Namespace.class).get(0).getMetadata().getName();
            assertEquals(
                    "restricted",
                    dev.the(Namespace.class, namespace)
                            .getMetadata()
                            .getLabels()
                            .get("pod-security.kubernetes.io/enforce"));
            dev.objects().stream()
                    .filter(object -> !(object instanceof Namespace))
                    .forEach(o -> assertEquals(namespace, o.getMetadata().getNamespace()));
        }

        @Test
        @DisplayName("have secrets that say themselves what they are for")
        void devSecrets() {
            assertEquals(1, dev.all(Secret.class).size());
            dev.all(Secret.class)
                    .get(0)
                    .getData()
                    .forEach((key, value) -> assertTrue(decode(value).contains("dev-only"), key));
        }

        private static String decode(String base64) {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
        }
    }

    @Nested
    @DisplayName("for production")
    class Production {

        private final Manifests prod = Manifests.render("overlays/prod");

        @Test
        @DisplayName("leave the number of replicas to the autoscaler, spread over zones and nodes")
        void replicas() {
            Deployment deployment = prod.the(Deployment.class, "roster");
            assertNull(deployment.getSpec().getReplicas());
            assertTrue(scaler().getSpec().getMinReplicas() >= 3);
            assertEquals(
                    List.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
                    podOf(deployment).getTopologySpreadConstraints().stream()
                            .map(constraint -> constraint.getTopologyKey())
                            .toList());
        }

        @Test
        @DisplayName("name a tagged image and an https address")
        void imageAndAddress() {
            assertTrue(roster(prod).getImage().matches(".+/roster:(?!latest$).+"));
            assertTrue(config().get("ROSTER_BASE_URL").startsWith("https://"));
        }

        private HorizontalPodAutoscaler scaler() {
            return prod.the(HorizontalPodAutoscaler.class, "roster");
        }

        private Map<String, String> config() {
            return prod.all(ConfigMap.class).get(0).getData();
        }
    }

    /**
     * The models collect what they do not know; were that left so, no misspelling would be seen.
     */
    @Nested
    @DisplayName("are refused")
    class Refusal {

        private static final String VALID =
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: roster
                spec:
                  replicas: 2
                  template:
                    spec:
                      containers:
                        - name: roster
                          env:
                            - name: ROSTER_POOL_MAX
                              value: "15"
                          ports:
                            - containerPort: 8080
                          readinessProbe:
                            httpGet:
                              path: /q/health/ready
                          securityContext:
                            readOnlyRootFilesystem: true
                """;

        @Test
        @DisplayName("never when they are right")
        void valid() throws IOException {
            assertEquals(1, Manifests.parse(VALID).objects().size());
        }

        @ParameterizedTest(name = "{0} -> {1}")
        @CsvSource({
            "metadata:,metaData:",
            "replicas: 2,replica: 2",
            "containers:,container:",
            "containerPort:,containerport:",
            "httpGet:,httpget:",
            "path:,url:",
            "readOnlyRootFilesystem:,readOnlyRootFileSystem:",
            "readOnlyRootFilesystem:,additionalProperties:",
        })
        @DisplayName("for a field the API does not have")
        void unknownField(String field, String misspelt) {
            assertRefused(field, misspelt);
        }

        @ParameterizedTest(name = "{0} -> {1}")
        @CsvSource({
            "replicas: 2,replicas: \"2\"",
            "replicas: 2,replicas: two",
            "value: \"15\",value: 15",
            "readOnlyRootFilesystem: true,readOnlyRootFilesystem: \"true\"",
        })
        @DisplayName("for a value of another type")
        void wrongType(String field, String mistyped) {
            assertRefused(field, mistyped);
        }

        @ParameterizedTest(name = "{0} -> {1}")
        @CsvSource({"kind: Deployment,kind: Deploymnet", "apps/v1,extensions/v1beta1"})
        @DisplayName("for a kind or version that is not expected here")
        void unknownKind(String field, String unknown) {
            String text = VALID.replace(field, unknown);
            IOException refusal = assertThrows(IOException.class, () -> Manifests.parse(text));
            assertTrue(refusal.getMessage().endsWith("is expected here"));
        }

        private static void assertRefused(String right, String wrong) {
            assertTrue(VALID.contains(right), right);
            String text = VALID.replace(right, wrong);
            assertThrows(DatabindException.class, () -> Manifests.parse(text));
        }
    }

    private static PodSpec podOf(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static Container roster(Manifests manifests) {
        List<Container> containers =
                podOf(manifests.the(Deployment.class, "roster")).getContainers();
        assertEquals(1, containers.size());
        return containers.get(0);
    }
}
