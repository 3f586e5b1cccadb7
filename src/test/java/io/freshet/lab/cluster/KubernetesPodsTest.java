package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.serve.http.ServeSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.configuration.RestOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pods of {@code docker/kubernetes/} may do, who reaches them, and how they go. */
final class KubernetesPodsTest {
  private JsonNode learner;

  @BeforeEach
  void read() throws Exception {
    learner = KubernetesFiles.learner();
  }

  /** What a container may write is a volume, and every volume has a limit that the node knows. */
  @Test
  void noContainerGainsPrivilegesOrWritesBesidesItsVolumes() throws Exception {
    for (JsonNode pod :
        List.of(KubernetesFiles.servingPod(), learner.at("/spec/podTemplate/spec"))) {
      JsonNode container = pod.at("/containers/0");
      JsonNode rights = container.get("securityContext");

      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
      assertThat(pod.at("/securityContext/fsGroup"))
          .isEqualTo(pod.at("/securityContext/runAsUser"));
      assertThat(pod.at("/securityContext/seccompProfile/type").asText())
          .isEqualTo("RuntimeDefault");
      assertThat(rights.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(rights.get("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(ComposeFile.texts(rights.at("/capabilities/drop"))).containsExactly("ALL");
      Map<String, JsonNode> volumes = new TreeMap<>();
      pod.get("volumes").forEach(volume -> volumes.put(volume.get("name").asText(), volume));
      long most = 0;
      for (JsonNode mount : container.get("volumeMounts")) {
        JsonNode volume = volumes.remove(mount.get("name").asText());
        assertThat(volume).as(mount.toString()).isNotNull();
        most += bytes(volume.at("/emptyDir/sizeLimit").asText("0"));
      }
      assertThat(volumes).as("volumes that nothing mounts").isEmpty();
      assertThat(mounts(container)).contains("/tmp");
      assertThat(bytes(container.at("/resources/limits/ephemeral-storage").asText()))
          .isGreaterThanOrEqualTo(most);
      assertThat(bytes(container.at("/resources/requests/ephemeral-storage").asText()))
          .isPositive();
    }
  }

  private static List<String> mounts(JsonNode container) {
    List<String> mounts = new ArrayList<>();
    container.get("volumeMounts").forEach(mount -> mounts.add(mount.get("mountPath").asText()));
    return mounts;
  }

  private static long bytes(String quantity) {
    long number = Long.parseLong(quantity.replaceAll("[A-Za-z]", ""));
    return switch (quantity.replaceAll("[0-9]", "")) {
      case "Gi" -> number << 30;
      case "Mi" -> number << 20;
      default -> number;
    };
  }

  @Test
  void servingIsDrainedSpreadAndTakenDownOneByOne() throws Exception {
    JsonNode pod = KubernetesFiles.servingPod();
    JsonNode labels =
        KubernetesFiles.documents("serving.yaml").get(0).at("/spec/template/metadata/labels");
    long pause = pod.at("/containers/0/lifecycle/preStop/exec/command/1").asLong();
    long drain = ServeSettings.DEFAULT.connections().drain().toSeconds();
    JsonNode budget = KubernetesFiles.documents("availability.yaml").get(0);

    assertThat(ComposeFile.texts(pod.at("/containers/0/args"))).doesNotContain("--drain");
    assertThat(pause).isPositive();
    assertThat(pod.get("terminationGracePeriodSeconds").asLong()).isGreaterThan(pause + drain + 15);
    assertThat(budget.get("kind").asText()).isEqualTo("PodDisruptionBudget");
    assertThat(budget.at("/spec/maxUnavailable").asInt()).isEqualTo(1);
    assertThat(labels.properties())
        .containsAll(budget.at("/spec/selector/matchLabels").properties());
    assertThat(pod.get("topologySpreadConstraints")).hasSize(2);
    for (JsonNode spread : pod.get("topologySpreadConstraints")) {
      assertThat(spread.get("maxSkew").asInt()).isEqualTo(1);
      assertThat(labels.properties())
          .containsAll(spread.at("/labelSelector/matchLabels").properties());
    }
  }

  /** Each policy closes both ways, and names ports that its pods have. */
  @Test
  void onlyThoseWhoNeedToReachAPod() throws Exception {
    List<JsonNode> policies = KubernetesFiles.documents("network.yaml");
    JsonNode ofServing = policies.get(0).get("spec");
    JsonNode ofLearner = policies.get(1).get("spec");

    for (JsonNode policy : List.of(ofServing, ofLearner)) {
      assertThat(ComposeFile.texts(policy.get("policyTypes"))).containsExactly("Ingress", "Egress");
      policy.get("ingress").forEach(rule -> assertThat(rule.get("from")).isNotEmpty());
    }
    assertThat(ofServing.at("/podSelector/matchLabels"))
        .isEqualTo(
            KubernetesFiles.documents("serving.yaml").get(0).at("/spec/selector/matchLabels"));
    Set<String> served = new HashSet<>();
    KubernetesFiles.servingPod()
        .at("/containers/0/ports")
        .forEach(port -> served.add(port.get("name").asText()));
    Set<String> open = new HashSet<>();
    ofServing
        .get("ingress")
        .forEach(rule -> rule.get("ports").forEach(port -> open.add(port.get("port").asText())));
    assertThat(open).isEqualTo(served);
    assertThat(ofLearner.at("/podSelector/matchLabels/app"))
        .isEqualTo(learner.at("/metadata/name"));
    assertThat(ofLearner.at("/ingress/0/from/0/podSelector"))
        .isEqualTo(ofLearner.get("podSelector"));
    assertThat(ofLearner.at("/ingress/1/ports/0/port").asInt())
        .isEqualTo(RestOptions.PORT.defaultValue());
    assertThat(ofLearner.at("/ingress/2/ports/0/port"))
        .isEqualTo(learner.at("/spec/podTemplate/spec/containers/0/ports/0/name"));
  }
}
