package dev.roster.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** The objects of one rendered directory, each read as strictly as the API server reads it. */
record Manifests(List<HasMetadata> objects) {

    private static final Map<String, Class<? extends HasMetadata>> MODELS =
            Map.of(
                    "v1 ConfigMap", ConfigMap.class,
                    "v1 Namespace", Namespace.class,
                    "v1 Secret", Secret.class,
                    "v1 Service", Service.class,
                    "v1 ServiceAccount", ServiceAccount.class,
                    "apps/v1 Deployment", Deployment.class,
                    "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
                    "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
                    "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);

    private static final ObjectMapper STRICT = strictMapper();

    private static ObjectMapper strictMapper() {
        ObjectMapper mapper =
                YAMLMapper.builder()
                        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
                        .annotationIntrospector(new NoAnySetter())
                        .build();
        // `value: 15` for an environment variable: Jackson would make a string of it, the API
        // refuses it.
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        return mapper;
    }

    /** The models gather unknown fields in a map; without that, Jackson refuses them. */
    private static final class NoAnySetter extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }

    private static final Map<String, Manifests> RENDERED = new ConcurrentHashMap<>();

    /** Renders {@code k8s/<directory>}; the test is skipped where there is no kubectl. */
    static Manifests render(String directory) {
        return RENDERED.computeIfAbsent(directory, Manifests::kustomize);
    }

    private static Manifests kustomize(String directory) {
        Process kubectl;
        try {
            kubectl = new ProcessBuilder("kubectl", "kustomize", "k8s/" + directory).start();
        } catch (IOException e) {
            return Assumptions.abort("Nothing is rendered without kubectl: " + e.getMessage());
        }
        try {
            String yaml =
                    new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String errors =
                    new String(kubectl.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, kubectl.waitFor(), () -> "kubectl kustomize: " + errors);
            return parse(yaml);
        } catch (IOException e) {
            throw new AssertionError("k8s/" + directory + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static Manifests parse(String yaml) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        try (var documents = STRICT.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                String kind =
                        document.path("apiVersion").asText() + " " + document.path("kind").asText();
                Class<? extends HasMetadata> model = MODELS.get(kind);
                if (model == null) {
                    throw new IOException("No \"" + kind + "\" is expected here");
                }
                objects.add(STRICT.treeToValue(document, model));
            }
        }
        return new Manifests(List.copyOf(objects));
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T the(Class<T> type, String name) {
        List<T> found =
                all(type).stream().filter(o -> o.getMetadata().getName().equals(name)).toList();
        assertEquals(1, found.size(), () -> type.getSimpleName() + " " + name);
        return found.get(0);
    }
}
