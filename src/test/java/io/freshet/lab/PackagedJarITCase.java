package io.freshet.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.job.TrainCommand;
import io.freshet.lab.docs.CommandRun;
import io.freshet.lab.docs.CommandSamples;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The jars that the build leaves, run as people and clusters run them. */
final class PackagedJarITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final Path EVERYTHING = TARGET.resolve("freshet.jar");
  private static final Path JOB = TARGET.resolve("freshet-job.jar");
  private static final Path SERVE = TARGET.resolve("freshet-serve.jar");
  private static final Path SQL = TARGET.resolve("freshet-sql.jar");
  private static final Pattern LINUX =
      Pattern.compile(
          "(?i)(?!.*(musl|android)).*(linux64.so|(linux|epoll).*(x86_64|amd64|x64|aarch_?64|arm64)).*");
  private static final Pattern MAC =
      Pattern.compile("(?i).*(mac|osx|darwin|kqueue).*(aarch_?64|arm64|asyncProfiler).*");
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  @Test
  void helpNamesTheCommands() throws Exception {
    CommandRun run = freshet("--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("Usage: freshet").contains("train", "simulate", "snapshot");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void theVersionIsThatOfTheManifest() throws Exception {
    CommandRun run = freshet("--version");

    assertThat(run.out())
        .isEqualToNormalizingNewlines(
            "freshet " + manifest(EVERYTHING).getValue("Implementation-Version") + "\n")
        .containsPattern("\\d+\\.\\d+\\.\\d+");
    assertThat(run.code()).isZero();
  }

  @Test
  void aBrokenConfigurationIsReportedWholeAndNothingElse() throws Exception {
    Path broken = CommandSamples.brokenConfig(folder);

    CommandRun run = freshet("train", "--config", broken.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .hasSize(5)
        .allSatisfy(line -> assertThat(line).contains("(" + broken + ":"));
  }

  @Test
  void kafkaThatIsNotThereIsOneLine() throws Exception {
    Path config = CommandSamples.config(folder, "localhost:1");

    CommandRun run = freshet("train", "--config", config.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("train: no answer from Kafka at"));
  }

  @Test
  void theSlimJarHoldsTheJobAndNothingThatAClusterBrings() throws IOException {
    assertThat(entries(JOB))
        .contains(
            "io/freshet/job/TrainCommand.class",
            "org/apache/kafka/clients/consumer/KafkaConsumer.class",
            "org/apache/flink/connector/kafka/source/KafkaSource.class")
        .noneMatch(entry -> entry.startsWith("org/apache/flink/runtime/"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/api/"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/table/api/"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/formats/"))
        .noneMatch(entry -> entry.startsWith("org/apache/hadoop/"))
        .noneMatch(entry -> entry.startsWith("kafka/server/"))
        .noneMatch(entry -> entry.startsWith("io/freshet/cli/"))
        .noneMatch(entry -> entry.startsWith("org/slf4j/"))
        .noneMatch(entry -> entry.startsWith("org/apache/logging/"))
        .noneMatch(entry -> entry.startsWith("log4j2"));
  }

  @Test
  void theWholeJarBringsFlinkSqlWithItsConnectorsAndFormats() throws IOException {
    try (JarFile jar = new JarFile(EVERYTHING.toFile())) {
      ZipEntry services =
          jar.getEntry("META-INF/services/org.apache.flink.table.factories.Factory");

      assertThat(new String(jar.getInputStream(services).readAllBytes(), StandardCharsets.UTF_8))
          .contains("FileSystemTableFactory", "KafkaDynamicTableFactory", "DelegatePlannerFactory")
          .contains("JsonFormatFactory", "CsvFileFormatFactory", "ParquetFileFormatFactory");
    }
    assertThat(EVERYTHING.toFile().length()).isLessThan(240_000_000);
  }

  @Test
  void theJarThatServesHoldsNoRuntimeOfFlinkAndNoBroker() throws IOException {
    assertThat(SERVE.toFile().length()).isLessThan(80_000_000);
    assertThat(entries(SERVE))
        .contains(
            "io/freshet/serve/http/ModelServer.class",
            "org/apache/flink/core/fs/FileSystem.class",
            "org/apache/kafka/clients/consumer/KafkaConsumer.class",
            "log4j2.properties")
        .noneMatch(entry -> entry.startsWith("org/apache/flink/runtime/"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/streaming/runtime/"))
        .noneMatch(entry -> entry.startsWith("org/apache/flink/connector/"))
        .noneMatch(entry -> entry.matches("(kafka/server|org/apache/kafka/(controller|raft))/.*"))
        .noneMatch(entry -> entry.startsWith("scala/"))
        .noneMatch(entry -> entry.matches("io/freshet/(job|join|lab|train)/.*"));
  }

  @Test
  void theJarThatServesReadsAFileOfModels() throws Exception {
    Path file = folder.resolve("models.yaml");
    Files.writeString(file, "models:\n  - {name: ctr, root: /srv/ctr, version: latest}\n");

    CommandRun run = java("-jar", SERVE.toString(), "serve", "--models", file.toString());

    assertThat(run.err()).contains("models[1].version: latest is not allowed", "models.yaml:2:");
    assertThat(run.code()).isEqualTo(2);
  }

  @Test
  void theJarForFlinksLibHoldsTheProviderAndNothingThatMeetsOtherVersionsThere()
      throws IOException {
    assertThat(entries(SQL))
        .contains(
            "META-INF/LICENSE",
            "META-INF/services/org.apache.flink.table.factories.Factory",
            "io/freshet/sql/FreshetModelFactory.class",
            "io/freshet/shaded/jackson/databind/ObjectMapper.class")
        .noneMatch(entry -> entry.matches("(com|org/(apache|ejml|rocksdb|slf4j))/.+"))
        .noneMatch(entry -> entry.startsWith("META-INF/versions/"))
        .noneMatch(entry -> entry.matches("io/freshet/(cli|job|join|kafka|lab|train)/.*"));
    for (Path jar : List.of(JOB, SERVE)) {
      assertThat(entries(jar)).noneMatch(entry -> entry.startsWith("io/freshet/sql/"));
      try (JarFile file = new JarFile(jar.toFile())) {
        ZipEntry factories =
            file.getEntry("META-INF/services/org.apache.flink.table.factories.Factory");
        assertThat(
                factories == null
                    ? ""
                    : new String(
                        file.getInputStream(factories).readAllBytes(), StandardCharsets.UTF_8))
            .doesNotContain("io.freshet");
      }
    }
  }

  @Test
  void allJarsHoldOpenBlasForThreePlatformsWithoutLapack() throws IOException {
    for (Path jar : List.of(EVERYTHING, JOB, SERVE, SQL)) {
      assertThat(entries(jar))
          .filteredOn(entry -> entry.matches("org/bytedeco/openblas/.*/lib(jni)?openblas.*"))
          .extracting(entry -> entry.replaceAll("\\.(so|dylib|0)+", ""))
          .containsExactlyInAnyOrder(
              "org/bytedeco/openblas/linux-x86_64/libopenblas",
              "org/bytedeco/openblas/linux-x86_64/libjniopenblas_nolapack",
              "org/bytedeco/openblas/linux-arm64/libopenblas",
              "org/bytedeco/openblas/linux-arm64/libjniopenblas_nolapack",
              "org/bytedeco/openblas/macosx-arm64/libopenblas",
              "org/bytedeco/openblas/macosx-arm64/libjniopenblas_nolapack");
    }
  }

  @Test
  void nativesAreForThreePlatforms() throws IOException {
    for (Path jar : List.of(EVERYTHING, JOB, SERVE, SQL)) {
      assertThat(entries(jar))
          .filteredOn(entry -> entry.matches(".*\\.(so|dylib|jnilib|dll|a)(\\.\\d+)*"))
          .isNotEmpty()
          .allMatch(entry -> LINUX.matcher(entry).matches() || MAC.matcher(entry).matches());
    }
  }

  @Test
  void theSlimJarAloneReadsAllThatKafkaCompresses() throws Exception {
    String path =
        Stream.of(JOB, jarOf(CompressedRecords.class), jarOf(LoggerFactory.class))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));

    CommandRun run = java("-cp", path, CompressedRecords.class.getName());

    assertThat(run.out().lines()).containsExactly("gzip", "snappy", "lz4", "zstd");
    assertThat(run.code()).isZero();
  }

  @Test
  void theLicenceOfEachComponentIsInTheJar() throws IOException {
    try (JarFile jar = new JarFile(EVERYTHING.toFile())) {
      Set<String> folders =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.matches("META-INF/licenses/[^/]+/.*[^/]"))
              .map(name -> name.split("/", 4)[2])
              .collect(Collectors.toSet());
      ZipEntry sbom = jar.getEntry("META-INF/sbom/freshet.cdx.json");
      assertThat(sbom).as("the bill of materials, which no offline build makes").isNotNull();
      JsonNode bill = new ObjectMapper().readTree(jar.getInputStream(sbom));

      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
      assertThat(entries(SQL)).contains("META-INF/sbom/freshet.cdx.json");
      assertThat(bill.get("components"))
          .hasSizeGreaterThan(80)
          .allSatisfy(
              component ->
                  assertThat(
                          folders.contains(component.get("name").asText())
                              || !component.findValues("text").isEmpty())
                      .as("a licence's text of %s", component.get("purl"))
                      .isTrue());
    }
  }

  @Test
  void theSlimJarRunsTheTrainCommand() throws Exception {
    String main = manifest(JOB).getValue(Attributes.Name.MAIN_CLASS);

    CommandRun run = java("-cp", behindTheJobJar(), main, "--help");

    assertThat(main).isEqualTo(TrainCommand.class.getName());
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("Usage: train").contains("flink run");
  }

  private static Path jarOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The slim jar in place of our own classes, before all that the tests run on. */
  private static String behindTheJobJar() {
    List<String> path = new ArrayList<>(List.of(JOB.toString()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!Path.of(entry).toAbsolutePath().startsWith(TARGET)) {
        path.add(entry);
      }
    }
    return String.join(File.pathSeparator, path);
  }

  private CommandRun freshet(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("-jar", EVERYTHING.toString()));
    command.addAll(List.of(args));
    return java(command.toArray(String[]::new));
  }

  private CommandRun java(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // what the build adds for short-lived processes would be printed on standard error
    builder.environment().keySet().removeIf(name -> name.matches("FRESHET_.*|JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(command + " did not end within " + PATIENCE_SECONDS + " s");
    }
    return new CommandRun(process.exitValue(), text(out), text(err));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static Attributes manifest(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes();
    }
  }

  private static List<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    }
  }
}
