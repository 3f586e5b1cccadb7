package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;

/** {@code docker/kubernetes/}: what it says of the code, the image and of itself is so. */
final class KubernetesTest {
  private static final Path FOLDER = ComposeFile.FOLDER.resolve("kubernetes");

  /** What the operator sets itself: where processes are and what memory they have. */
  private static final Set<String> THE_OPERATORS =
      Set.of(
          "jobmanager.rpc.address",
          "jobmanager.rpc.port",
          "jobmanager.memory.process.size",
          "taskmanager.memory.process.size");

  private JsonNode learner;

  @BeforeEach
  void read() throws Exception {
    learner = ComposeFile.yaml(FOLDER.resolve("learner.yaml"));
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
    assertThat(container.at("/env/0/value").asText())
        .isEqualTo("flink-s3-fs-presto-" + version() + ".jar");
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
    List<JsonNode> documents = documents("serving.yaml");
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
    List<JsonNode> resources = new ArrayList<>(documents("serving.yaml"));
    resources.addAll(documents("monitoring.yaml"));
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
    for (String file : List.of("learner.yaml", "serving.yaml", "monitoring.yaml")) {
      all.addAll(documents(file));
    }
    Set<String> names = new HashSet<>();
    for (JsonNode resource : all) {
      assertThat(resource.get("apiVersion").asText()).matches("([a-z.]+/)?v1(beta1)?");
      assertThat(names.add(resource.get("kind").asText() + resource.at("/metadata/name").asText()))
          .isTrue();
    }
    JsonNode kustomization = ComposeFile.yaml(FOLDER.resolve("kustomization.yaml"));
    for (String file : ComposeFile.texts(kustomization.get("resources"))) {
      assertThat(FOLDER.resolve(file)).exists();
    }
  }

  private static List<JsonNode> documents(String file) throws Exception {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    List<JsonNode> documents = new ArrayList<>();
    yaml.loadAll(Files.readString(FOLDER.resolve(file)))
        .forEach(document -> documents.add(new ObjectMapper().valueToTree(document)));
    return documents;
  }
}
