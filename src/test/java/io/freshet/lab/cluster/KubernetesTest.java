package io.freshet.lab.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.freshet.cli.serve.ServeCommand;
import io.freshet.config.LearnerConfig;
import io.freshet.job.TrainCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code docker/kubernetes/}: what it says of the code, the image and of itself is so. */
final class KubernetesTest {
  private static final Path ALL = KubernetesFiles.ALL;
  private static final Path FOLDER = KubernetesFiles.BASE;
  private static final List<String> FILES =
      List.of(
          "learner.yaml", "serving.yaml", "availability.yaml", "network.yaml", "monitoring.yaml");

  /**
   * What the operator sets itself, where processes are and what memory they have; and loopback,
   * where the operator would not reach them.
   */
  private static final Set<String> THE_OPERATORS =
      Set.of(
          "jobmanager.rpc.address",
          "jobmanager.rpc.port",
          "jobmanager.bind-host",
          "rest.bind-address",
          "jobmanager.memory.process.size",
          "taskmanager.memory.process.size");

  private JsonNode learner;

  @BeforeEach
  void read() throws Exception {
    learner = KubernetesFiles.learner();
  }

  @Test
  void theDeploymentHasTheSettingsThatShip() throws Exception {
    Map<String, String> ship = GlobalConfiguration.loadConfiguration("flink-conf").toMap();
    THE_OPERATORS.forEach(key -> assertThat(ship.remove(key)).as(key).isNotNull());
    Map<String, String> has = settings();
    String range = ship.remove("metrics.reporter.prom.port");

    assertThat(has).containsAllEntriesOf(ship);
    assertThat(range).startsWith(has.get("metrics.reporter.prom.port") + "-");
  }

  @Test
  void itsOtherSettingsAreOptionsOfFlink() {
    FlinkKeys keys = new FlinkKeys();

    assertThat(
            settings().entrySet().stream()
                .filter(
                    e -> !e.getKey().matches("kubernetes\\.operator\\..*|job\\.autoscaler\\..*"))
                .flatMap(e -> keys.problem(e.getKey(), e.getValue()).stream()))
        .isEmpty();
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    learner
        .at("/spec/flinkConfiguration")
        .properties()
        .forEach(
            e -> {
              assertThat(e.getValue().isTextual()).as(e.getKey() + " is a string").isTrue();
              settings.put(e.getKey(), e.getValue().asText());
            });
    return settings;
  }

  @Test
  void theJobIsTheImagesAndItsConfigurationIsMounted() throws Exception {
    JsonNode job = learner.at("/spec/job");
    JsonNode container = learner.at("/spec/podTemplate/spec/containers/0");
    LearnerConfig config = LearnerConfig.read(FOLDER.resolve("learner-config.yaml"), List.of());
    String image = Files.readString(ComposeFile.FOLDER.resolve("Dockerfile"));
    List<String> arguments = ComposeFile.texts(job.get("args"));

    assertThat(image).contains(job.get("jarURI").asText().replace("local://", ""));
    assertThat(job.get("entryClass").asText()).isEqualTo(TrainCommand.class.getName());
    new CommandLine(new TrainCommand()).parseArgs(arguments.toArray(String[]::new));
    assertThat(job.get("parallelism").asInt()).isEqualTo(config.parallelism());
    assertThat(config.warnings()).isEmpty();
    assertThat(Path.of(arguments.get(1)))
        .isEqualTo(Path.of(container.at("/volumeMounts/0/mountPath").asText(), "learner.yaml"));
    JsonNode generated =
        ComposeFile.yaml(FOLDER.resolve("kustomization.yaml")).at("/configMapGenerator/0");
    assertThat(generated.get("name").asText())
        .isEqualTo(learner.at("/spec/podTemplate/spec/volumes/0/configMap/name").asText());
    assertThat(generated.at("/files/0").asText()).isEqualTo("learner.yaml=learner-config.yaml");
    assertThat(container.at("/volumeMounts/1/mountPath").asText())
        .isEqualTo(settings().get("io.tmp.dirs"));
    assertThat(container.at("/volumeMounts/1/name"))
        .isEqualTo(learner.at("/spec/podTemplate/spec/volumes/1/name"));
    assertThat(image).contains("opt/flink-s3-fs-presto-" + version() + ".jar /opt/flink/plugins/");
    assertThat(container.has("env")).as("a plugin is linked while the image is built").isFalse();
    assertThat(learner.at("/spec/flinkVersion").asText())
        .isEqualTo("v" + version().replaceFirst("\\.\\d+$", "").replace('.', '_'));
  }

  /** Its name changes with its content, so that the operator sees another deployment. */
  @Test
  void anotherConfigurationIsAnotherDeployment() throws Exception {
    JsonNode kustomization = ComposeFile.yaml(FOLDER.resolve("kustomization.yaml"));
    JsonNode names =
        ComposeFile.yaml(FOLDER.resolve(kustomization.at("/configurations/0").asText()));
    JsonNode reference = names.at("/nameReference/0");
    String path = reference.at("/fieldSpecs/0/path").asText();

    assertThat(kustomization.has("generatorOptions")).isFalse();
    assertThat(reference.get("kind").asText()).isEqualTo("ConfigMap");
    assertThat(reference.at("/fieldSpecs/0/kind")).isEqualTo(learner.get("kind"));
    assertThat(learner.at("/" + path.replace("/volumes/", "/volumes/0/")))
        .isEqualTo(kustomization.at("/configMapGenerator/0/name"));
  }

  @Test
  void itLogsAsTheImageDoes() throws Exception {
    String file = "log4j-console.properties";

    assertThat(learner.at("/spec/logConfiguration/" + file).asText())
        .isEqualTo(Files.readString(Path.of("flink-conf", file)));
  }

  private static String version() throws Exception {
    return Files.readString(Path.of("pom.xml")).replaceAll("(?s).*<flink.version>(.*?)<.*", "$1");
  }

  @Test
  void servingFollowsWhatTheLearnerWritesOnThePortThatIsAsked() throws Exception {
    List<JsonNode> documents = KubernetesFiles.documents("serving.yaml");
    JsonNode pod = documents.get(0).at("/spec/template");
    JsonNode container = pod.at("/spec/containers/0");
    List<String> arguments = ComposeFile.texts(container.get("args"));
    LearnerConfig config = LearnerConfig.read(FOLDER.resolve("learner-config.yaml"), List.of());
    String port = arguments.get(arguments.indexOf("--port") + 1);

    assertThat(arguments.get(0)).isEqualTo("serve");
    new CommandLine(new ServeCommand())
        .parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
    assertThat(arguments).contains(config.snapshot().root(), config.name());
    assertThat(container.at("/ports/0/containerPort").asText()).isEqualTo(port);
    assertThat(pod.at("/metadata/annotations/prometheus.io~1port").asText()).isEqualTo(port);
    assertThat(documents.get(0).at("/spec/selector/matchLabels"))
        .isEqualTo(documents.get(1).at("/spec/selector"));
    assertThat(pod.at("/metadata/labels").properties())
        .containsAll(documents.get(1).at("/spec/selector").properties());
    assertThat(documents.get(1).at("/spec/ports/0/port").asText()).isEqualTo(port);
    String image = Files.readString(ComposeFile.FOLDER.resolve("serve.Dockerfile"));
    assertThat(image).contains("USER " + pod.at("/spec/securityContext/runAsUser").asText());
  }

  /** By the classes that are generated from the API's own description; any other key is refused. */
  @Test
  void everyKeyIsOneOfKubernetes() throws Exception {
    Map<String, Class<?>> kinds =
        Map.of(
            "Pod", Pod.class,
            "Deployment", Deployment.class,
            "Service", Service.class,
            "PodMonitor", PodMonitor.class,
            "ServiceMonitor", ServiceMonitor.class);
    ObjectMapper strict =
        JsonMapper.builder()
            .annotationIntrospector(
                new JacksonAnnotationIntrospector() {
                  @Override
                  public Boolean hasAnySetter(Annotated member) {
                    return false;
                  }
                })
            .build();
    List<JsonNode> resources = new ArrayList<>(KubernetesFiles.documents("serving.yaml"));
    resources.addAll(KubernetesFiles.documents("monitoring.yaml"));
    resources.add(learner.at("/spec/podTemplate"));

    for (JsonNode resource : resources) {
      strict.treeToValue(resource, kinds.get(resource.get("kind").asText()));
    }

    ObjectNode misspelt = resources.get(0).deepCopy();
    ((ObjectNode) misspelt.at("/spec/template/spec/containers/0")).put("imagePullPolice", "Always");
    assertThatThrownBy(() -> strict.treeToValue(misspelt, Deployment.class))
        .hasMessageContaining("imagePullPolice");
  }

  @Test
  void everyResourceIsNamedOnce() throws Exception {
    List<JsonNode> all = new ArrayList<>();
    for (String file : FILES) {
      all.addAll(KubernetesFiles.documents(file));
    }
    Set<String> names = new HashSet<>();
    for (JsonNode resource : all) {
      assertThat(resource.get("apiVersion").asText()).matches("([a-z0-9.]+/)?v1(beta1)?");
      assertThat(names.add(resource.get("kind").asText() + resource.at("/metadata/name").asText()))
          .isTrue();
    }
    JsonNode kustomization = ComposeFile.yaml(FOLDER.resolve("kustomization.yaml"));
    for (String file : ComposeFile.texts(kustomization.get("resources"))) {
      assertThat(FOLDER.resolve(file)).exists();
    }
  }

  @Test
  void gRpcIsServedToo() throws Exception {
    List<JsonNode> documents = KubernetesFiles.documents("serving.yaml");
    JsonNode container = KubernetesFiles.servingPod().at("/containers/0");
    List<String> arguments = ComposeFile.texts(container.get("args"));

    assertThat(container.at("/ports/1/containerPort").asText())
        .isEqualTo(arguments.get(arguments.indexOf("--grpc-port") + 1))
        .isEqualTo(documents.get(1).at("/spec/ports/1/port").asText());
    assertThat(container.at("/ports/1/name")).isEqualTo(documents.get(1).at("/spec/ports/1/name"));
  }

  /** An overlay patches resources that there are, and a learner of production holds no secret. */
  @Test
  void overlaysFitTheBase() throws Exception {
    Set<String> names = new HashSet<>();
    for (String file : FILES) {
      KubernetesFiles.documents(file)
          .forEach(r -> names.add(r.get("kind") + " " + r.at("/metadata/name")));
    }
    for (String overlay : List.of("dev", "production")) {
      Path folder = ALL.resolve("overlays").resolve(overlay);
      JsonNode kustomization = ComposeFile.yaml(folder.resolve("kustomization.yaml"));
      for (String base : ComposeFile.texts(kustomization.get("resources"))) {
        assertThat(folder.resolve(base).normalize()).isEqualTo(FOLDER);
      }
      for (JsonNode patch : kustomization.get("patches")) {
        JsonNode of = KubernetesFiles.parsed(patch.get("patch").asText()).get(0);
        String name =
            patch.has("target")
                ? patch.at("/target/kind") + " " + patch.at("/target/name")
                : of.get("kind") + " " + of.at("/metadata/name");
        assertThat(names).contains(name);
      }
    }
    LearnerConfig config =
        LearnerConfig.read(ALL.resolve("overlays/production/learner-config.yaml"), List.of());
    String secrets =
        learner.at("/spec/podTemplate/spec/containers/0/volumeMounts/4/mountPath").asText();
    assertThat(config.kafka().properties().get("sasl.jaas.config"))
        .contains("password=\"${file:" + secrets + "/kafka-password}\"");
    assertThat(config.parallelism()).isEqualTo(learner.at("/spec/job/parallelism").asInt());
    assertThat(config.snapshot().root())
        .isEqualTo(
            LearnerConfig.read(FOLDER.resolve("learner-config.yaml"), List.of()).snapshot().root());
  }

  /** Rendered by kustomize itself, where kubectl is installed. */
  @ParameterizedTest
  @ValueSource(strings = {"base", "overlays/dev", "overlays/production"})
  void kustomizeRendersIt(String folder) throws Exception {
    Process kustomize = kubectl("kustomize", ALL.resolve(folder).toString());
    String rendered = new String(kustomize.getInputStream().readAllBytes(), UTF_8);

    assertThat(kustomize.waitFor()).as(rendered).isZero();
    Set<String> kinds = new HashSet<>();
    for (JsonNode resource : KubernetesFiles.parsed(rendered)) {
      kinds.add(resource.get("kind").asText());
      if (resource.get("kind").asText().equals("FlinkDeployment")) {
        assertThat(resource.at("/spec/podTemplate/spec/volumes/0/configMap/name").asText())
            .as("with the hash of its content")
            .matches("freshet-learner-[a-z0-9]{10}");
      }
    }
    assertThat(kinds.contains("PodDisruptionBudget")).isEqualTo(!folder.endsWith("dev"));
    assertThat(kinds).contains("FlinkDeployment", "Deployment", "Service", "NetworkPolicy");
  }

  private static Process kubectl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return abort("kubectl is not installed: " + e.getMessage());
    }
  }
}
