package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.freshet.cli.serve.ServeCommand;
import io.freshet.config.LearnerConfig;
import io.freshet.job.TrainCommand;
import io.freshet.lab.simulate.SimulateCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code docker/}: what its files say of each other, of the build and of the code is so. */
final class ComposeTest {
  private static final Path DOCKER = ComposeFile.FOLDER;

  @TempDir Path folder;
  private ComposeFile compose;

  @BeforeEach
  void read() throws Exception {
    compose = ComposeFile.read();
  }

  @Test
  void imagesHaveTheVersionsOfTheBuild() throws Exception {
    String flink = property("flink.version");

    assertThat(lines(DOCKER.resolve("Dockerfile"))).contains("FROM flink:" + flink + "-java17");
    assertThat(lines(DOCKER.resolve("serve.Dockerfile")))
        .contains("FROM flink:" + flink + "-java17 AS flink")
        .anyMatch(line -> line.contains("flink-s3-fs-presto-" + flink + ".jar"));
    assertThat(compose.service("kafka").get("image").asText())
        .isEqualTo("apache/kafka:" + property("kafka.version"));
    for (JsonNode service : compose.services().values()) {
      assertThat(service.get("image").asText()).matches(".+:v?\\d+\\.\\d+\\.\\d+");
    }
  }

  @Test
  void everyKeyIsOneOfCompose() throws Exception {
    ObjectNode file = compose.root().deepCopy();

    assertThat(composeSchema().validate(file)).isEmpty();

    ((ObjectNode) file.at("/services/serving/healthcheck")).put("retry", 3);
    assertThat(composeSchema().validate(file))
        .singleElement()
        .satisfies(problem -> assertThat(problem.getMessage()).contains("serving", "retry"));
  }

  private static JsonSchema composeSchema() throws Exception {
    Path file = Path.of("src/test/resources/compose-spec/schema.json");
    return JsonSchemaFactory.getInstance(VersionFlag.V201909).getSchema(Files.readString(file));
  }

  @Test
  void whatIsCopiedIntoImagesIsThereOrIsBuilt() throws Exception {
    String pom = Files.readString(Path.of("pom.xml"));
    for (String file : List.of("Dockerfile", "lab.Dockerfile", "serve.Dockerfile")) {
      for (String line : lines(DOCKER.resolve(file))) {
        Matcher copy = Pattern.compile("COPY (?:--chown=\\S+ )?(?!--from)(.*) \\S+").matcher(line);
        if (copy.matches()) {
          for (String source : copy.group(1).split(" ")) {
            boolean built =
                pom.contains(
                    "<outputFile>${project.build.directory}/" + Path.of(source).getFileName());
            assertThat(source.startsWith("target/") ? built : Files.exists(Path.of(source)))
                .as(file + ": " + source)
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void everyServiceIsCheckedAndWaitsForOthersThatExist() {
    for (Map.Entry<String, JsonNode> service : compose.services().entrySet()) {
      JsonNode check = service.getValue().path("healthcheck");
      assertThat(check.has("test") || check.path("disable").asBoolean())
          .as(service.getKey())
          .isTrue();
      for (Map.Entry<String, JsonNode> other : service.getValue().path("depends_on").properties()) {
        JsonNode awaited = compose.service(other.getKey());
        boolean ends =
            other.getValue().get("condition").asText().equals("service_completed_successfully");
        assertThat(awaited.path("restart").isMissingNode()).as(other.getKey()).isEqualTo(ends);
      }
    }
  }

  @Test
  void whatIsMountedExists() {
    for (JsonNode service : compose.services().values()) {
      for (String volume : ComposeFile.texts(service.path("volumes"))) {
        String source = volume.split(":")[0];
        if (source.equals(volume)) {
          assertThat(source).as("a container's own").startsWith("/");
        } else if (source.startsWith(".")) {
          assertThat(DOCKER.resolve(source)).exists();
        } else {
          assertThat(compose.root().get("volumes").has(source)).as(source).isTrue();
        }
      }
    }
  }

  @Test
  void commandsHaveOptionsThatThereAre() {
    parse(new SimulateCommand(), compose.command("topics"));
    parse(new SimulateCommand(), compose.command("simulator"));
    parse(new ServeCommand(), compose.command("serving"));
    List<String> learner = compose.command("jobmanager");
    assertThat(learner.subList(0, 4))
        .containsExactly("standalone-job", "--job-classname", TrainCommand.class.getName(), "--");
    parse(new TrainCommand(), learner.subList(3, learner.size()));
  }

  /** The first word is the command's name, or the end of Flink's own options. */
  private static void parse(Object command, List<String> words) {
    CommandLine line = new CommandLine(command);
    assertThat(words.get(0)).isIn("--", line.getCommandName());
    line.parseArgs(words.subList(1, words.size()).toArray(String[]::new));
  }

  @Test
  void theLearnerFitsTheStreamTheSlotsAndTheVolumes() throws Exception {
    LearnerConfig learner = LearnerConfig.read(DOCKER.resolve("learner.yaml"), List.of());
    Configuration flink = GlobalConfiguration.loadConfiguration("flink-conf");
    int replicas = compose.service("taskmanager").at("/deploy/replicas").asInt();

    assertThat(learner.warnings()).isEmpty();
    assertThat(option("simulator", "--window")).isEqualTo(learner.join().window().toString());
    assertThat(learner.parallelism())
        .isEqualTo(replicas * flink.get(TaskManagerOptions.NUM_TASK_SLOTS));
    assertThat(option("topics", "--partitions")).isEqualTo(String.valueOf(learner.parallelism()));
    assertThat(option("topics", "--bootstrap-servers"))
        .isEqualTo(learner.kafka().bootstrapServers());
    assertThat(option("simulator", "--bootstrap-servers"))
        .isEqualTo(learner.kafka().bootstrapServers());
    assertThat(option("serving", "--name")).isEqualTo(learner.name());
    assertThat("file://" + option("serving", "--snapshots")).isEqualTo(learner.snapshot().root());
    for (String service : List.of("jobmanager", "taskmanager")) {
      assertThat(ComposeFile.texts(compose.service(service).get("volumes")))
          .contains(
              "checkpoints:" + learner.checkpoint().dir().replace("file://", ""),
              "snapshots:" + learner.snapshot().root().replace("file://", ""));
    }
  }

  /** Not in the container's layers, and nothing of a process that was killed stays. */
  @Test
  void temporaryFilesLieOnAVolumeThatIsEmptyAtTheStart() throws Exception {
    String local = compose.flinkProperties("taskmanager").get("io.tmp.dirs");
    JsonNode service = compose.service("taskmanager");
    List<String> words = ComposeFile.texts(service.get("entrypoint"));
    Path left = Files.createDirectories(folder.resolve("tm_1/tmp"));
    Files.writeString(left.resolve("000001.sst"), "");
    Path entry = folder.resolve("entry.sh");
    Files.writeString(
        entry, "[ \"$*\" = \"taskmanager now\" ] && [ -z \"$(ls " + folder + " | grep tm_)\" ]");

    assertThat(ComposeFile.texts(service.get("volumes"))).contains(local);
    assertThat(lines(DOCKER.resolve("Dockerfile"))).anyMatch(line -> line.contains(local + " "));
    assertThat(words.subList(0, 2)).containsExactly("bash", "-c");
    String script =
        words
            .get(2)
            .replace("$$", "$")
            .replace(local + "/*", folder + "/tm*")
            .replace("/docker-entrypoint.sh", "bash " + entry);
    Process start =
        new ProcessBuilder("bash", "-c", script, words.get(3), "taskmanager", "now").start();
    assertThat(start.waitFor()).isZero();
    assertThat(left).doesNotExist();
  }

  /** One model that does not fit would end all replicas at once. */
  @Test
  void servingDoesNotEndWhereMemoryIsShort() throws Exception {
    assertThat(lines(DOCKER.resolve("serve.Dockerfile")))
        .filteredOn(line -> line.startsWith("ENV JAVA_TOOL_OPTIONS"))
        .singleElement()
        .satisfies(line -> assertThat(line).doesNotContain("OutOfMemoryError"));
  }

  /** Flink's image writes its settings at the start, so its root is writable. */
  @Test
  void noContainerOfOursGainsPrivilegesOrWritesBesidesItsVolumes() {
    for (Map.Entry<String, JsonNode> service : compose.services().entrySet()) {
      String image = service.getValue().get("image").asText();
      if (image.startsWith("freshet")) {
        assertThat(ComposeFile.texts(service.getValue().path("cap_drop")))
            .as(service.getKey())
            .containsExactly("ALL");
        assertThat(ComposeFile.texts(service.getValue().path("security_opt")))
            .containsExactly("no-new-privileges:true");
        assertThat(service.getValue().path("read_only").asBoolean())
            .as(service.getKey())
            .isEqualTo(!image.startsWith("freshet:"));
        assertThat(service.getValue().path("read_only").asBoolean())
            .isEqualTo(
                ComposeFile.texts(service.getValue().path("tmpfs"))
                    .contains("/tmp:exec,mode=1777"));
      }
    }
  }

  /** Where processes ship that listen on loopback, those that others ask are opened one by one. */
  @Test
  void onlyWhatOthersAskIsOpened() throws Exception {
    Map<String, String> ships = GlobalConfiguration.loadConfiguration("flink-conf").toMap();

    for (String key : List.of("rest.bind-address", "jobmanager.bind-host")) {
      assertThat(ships).containsEntry(key, "localhost");
      assertThat(compose.flinkProperties("jobmanager")).containsEntry(key, "0.0.0.0");
    }
    assertThat(ships).doesNotContainKey("web.submit.enable"); // a session takes jobs by REST
    assertThat(compose.flinkProperties("jobmanager")).containsEntry("web.submit.enable", "false");
  }

  private String option(String service, String option) {
    List<String> command = compose.command(service);
    return command.get(command.indexOf(option) + 1);
  }

  @Test
  void portsAgree() throws Exception {
    JsonNode prometheus = ComposeFile.yaml(DOCKER.resolve("prometheus/prometheus.yml"));
    Configuration flink = GlobalConfiguration.loadConfiguration("flink-conf");
    JsonNode discovery = prometheus.at("/scrape_configs/0/dns_sd_configs/0");
    String metrics = discovery.get("port").asText();

    assertThat(flink.toMap().get("metrics.reporter.prom.port")).startsWith(metrics + "-");
    assertThat(ComposeFile.texts(discovery.get("names")))
        .containsExactly("jobmanager", "taskmanager");
    assertThat(compose.healthCheck("taskmanager")).contains(metrics);
    assertThat(prometheus.at("/scrape_configs/1/static_configs/0/targets/0").asText())
        .isEqualTo("serving:" + option("serving", "--port"));
    assertThat(compose.healthCheck("serving")).contains(option("serving", "--port"));
    assertThat(lines(DOCKER.resolve("serve.Dockerfile")))
        .contains("EXPOSE " + option("serving", "--port") + " " + option("serving", "--grpc-port"));
    assertThat(option("serving", "--console-bind")).isEqualTo("0.0.0.0");
    assertThat(option("serving", "--flink-url")).isEqualTo("http://jobmanager:8081");
    assertThat(ComposeFile.texts(compose.service("serving").get("ports")))
        .containsExactlyInAnyOrder(
            published(option("serving", "--port")),
            published(option("serving", "--grpc-port")),
            published(option("serving", "--console-port")));
    JsonNode source =
        ComposeFile.yaml(DOCKER.resolve("grafana/provisioning/datasources/prometheus.yaml"));
    assertThat(source.at("/datasources/0/url").asText()).isEqualTo("http://prometheus:9090");
    assertThat(compose.healthCheck("prometheus").toString()).contains("localhost:9090");
  }

  private static String published(String port) {
    return port + ":" + port;
  }

  /** A share of the memory is the heap: of the whole machine's, where nothing bounds it. */
  @Test
  void processesWhoseHeapIsAShareHaveABound() {
    for (Map.Entry<String, JsonNode> service : compose.services().entrySet()) {
      if (service.getValue().has("restart")
          && service.getValue().get("image").asText().matches("freshet-(lab|serve):.*")) {
        assertThat(service.getValue().path("mem_limit").asText())
            .as(service.getKey())
            .matches("\\d+[gm]");
      }
    }
  }

  @Test
  void flinksSettingsAreOptionsOfFlinkWithValuesItReads() throws Exception {
    FlinkKeys keys = new FlinkKeys();
    Map<String, String> settings = GlobalConfiguration.loadConfiguration("flink-conf").toMap();
    settings.putAll(compose.flinkProperties("jobmanager"));

    assertThat(
            settings.entrySet().stream()
                .flatMap(e -> keys.problem(e.getKey(), e.getValue()).stream()))
        .isEmpty();
    assertThat(keys.problem("taskmanager.numberOfTaskSlot", "2"))
        .hasValueSatisfying(p -> assertThat(p).contains("no option"));
    assertThat(keys.problem("heartbeat.interval", "soon")).isPresent();
  }

  @Test
  void dashboardsAndRulesLieWhereTheyAreLookedFor() throws Exception {
    JsonNode provider =
        ComposeFile.yaml(DOCKER.resolve("grafana/provisioning/dashboards/freshet.yaml"));
    String folder = provider.at("/providers/0/options/path").asText();
    assertThat(ComposeFile.texts(compose.service("grafana").get("volumes")))
        .contains("./grafana/dashboards:" + folder + ":ro");
    String home =
        compose
            .service("grafana")
            .at("/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
            .asText();
    assertThat(
            DOCKER.resolve("grafana/dashboards").resolve(Path.of(folder).relativize(Path.of(home))))
        .exists();
    JsonNode prometheus = ComposeFile.yaml(DOCKER.resolve("prometheus/prometheus.yml"));
    String rules = prometheus.at("/rule_files/0").asText();
    assertThat(ComposeFile.texts(compose.service("prometheus").get("volumes")))
        .contains("./prometheus/alerts.yml:" + rules + ":ro");
  }

  private static List<String> lines(Path file) throws Exception {
    return Files.readAllLines(file);
  }

  private static String property(String name) throws Exception {
    Matcher value =
        Pattern.compile("<" + Pattern.quote(name) + ">(.*?)<")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(value.find()).isTrue();
    return value.group(1);
  }
}
