package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.lab.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The slim jar submitted, cancelled and submitted again in one session cluster: classes, threads
 * and native libraries of a job go with it. {@code -Dresubmit.rounds=20} runs more.
 */
@Timeout(600)
final class ResubmitITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final int ROUNDS = Integer.getInteger("resubmit.rounds", 5);
  private static final int EVENTS = 8_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void nothingOfAJobStaysBehindInASessionCluster() throws Exception {
    Path folder = TARGET.resolve("resubmit-it").resolve(String.valueOf(System.nanoTime()));
    Files.createDirectories(folder);
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        SlimCluster cluster = new SlimCluster(folder, TARGET)) {
      SmallEvents.send(kafka, 0, EVENTS);
      Path config = config(folder, kafka.bootstrapServers());
      cluster.awaitIdle(PATIENCE);
      String jar = cluster.upload(TARGET.resolve("freshet-job.jar"));
      List<Footprint> taskManager = new ArrayList<>();
      List<Footprint> jobManager = new ArrayList<>();
      for (int round = 1; round <= ROUNDS; round++) {
        String job = cluster.run(jar, "--config", config.toString());
        awaitLearning(cluster, job);
        cluster.cancel(job);
        cluster.awaitIdle(PATIENCE);
        taskManager.add(Footprint.of(cluster.taskManager()));
        jobManager.add(Footprint.of(cluster.jobManager()));
        System.out.printf(
            "round %d: task manager %s; job manager %s%n",
            round, taskManager.get(round - 1), jobManager.get(round - 1));
      }
      awaitFlat(taskManager, cluster.taskManager());
      awaitFlat(jobManager, cluster.jobManager());
    }
  }

  /**
   * One class loader of a job that is gone may stay, and never two: Java keeps the last type that a
   * record's {@code equals} was linked for (the {@code asTypeCache} of {@code
   * java.lang.runtime.ObjectMethods.OBJECT_EQ}, found in a heap dump), and the type its loader. A
   * leak would hold all five, each with some 2,900 classes and its own library.
   */
  private static void awaitFlat(List<Footprint> rounds, Process process) throws Exception {
    Footprint first = rounds.get(0);
    Footprint last = rounds.get(rounds.size() - 1);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!last.isLike(first)) {
      assertThat(System.nanoTime()).as("%s, and still %s", rounds, last).isLessThan(deadline);
      Thread.sleep(1000);
      last = Footprint.of(process);
    }
  }

  /**
   * What a process holds after a garbage collection.
   *
   * @param loaders of jobs
   * @param classes loaded
   * @param metaspace in use, KB
   * @param libraries copies of OpenBLAS that are mapped
   * @param resident memory, KB
   */
  private record Footprint(
      long loaders, long classes, long metaspace, long threads, long libraries, long resident) {

    boolean isLike(Footprint first) {
      return loaders <= 1 && threads < first.threads + 15 && libraries <= 2;
    }

    static Footprint of(Process process) throws IOException, InterruptedException {
      // classes go with their loader, which some soft and weak reference may hold for one more
      // round
      jcmd(process, "GC.run", "GC.run");
      Thread.sleep(200);
      List<String> said =
          jcmd(process, "GC.run", "VM.metaspace", "GC.class_histogram").lines().toList();
      long loaded = 0;
      long metaspace = 0;
      long loaders = 0;
      for (String line : said) {
        if (line.startsWith("Total Usage")) {
          loaded = Long.parseLong(line.replaceAll(".*, (\\d+) classes.*", "$1"));
        }
        if (line.contains("Both:") && metaspace == 0) {
          metaspace = kilobytes(line.replaceAll(".*committed, +([0-9.]+ [KMG]B).* used.*", "$1"));
        }
        if (line.endsWith(" org.apache.flink.util.ChildFirstClassLoader")) {
          loaders += Long.parseLong(line.strip().split(" +")[1]);
        }
      }
      assertThat(said).anyMatch(line -> line.contains("#instances"));
      Path proc = Path.of("/proc", String.valueOf(process.pid()));
      long libraries = 0;
      long resident = 0;
      long threads = 0;
      if (Files.exists(proc)) {
        libraries =
            Files.readAllLines(proc.resolve("maps"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.matches(".*/libopenblas[^/]*"))
                .map(line -> line.replaceAll(".* ", ""))
                .distinct()
                .count();
        resident = number(proc, "VmRSS");
        threads = number(proc, "Threads");
      }
      return new Footprint(loaders, loaded, metaspace, threads, libraries, resident);
    }

    private static long kilobytes(String text) {
      String[] parts = text.split(" ");
      double n = Double.parseDouble(parts[0]);
      return (long) (parts[1].startsWith("K") ? n : parts[1].startsWith("M") ? n * 1024 : n);
    }

    private static long number(Path proc, String key) throws IOException {
      return Files.readAllLines(proc.resolve("status")).stream()
          .filter(line -> line.startsWith(key + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    }

    /** What one visit to the process says to several commands. */
    private static String jcmd(Process process, String... commands)
        throws IOException, InterruptedException {
      Path file = Files.createTempFile("jcmd", ".txt");
      try {
        Files.write(file, List.of(commands));
        Process jcmd =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    "-J-XX:TieredStopAtLevel=1",
                    String.valueOf(process.pid()),
                    "-f",
                    file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(jcmd.exitValue()).as(said).isZero();
        return said;
      } finally {
        Files.delete(file);
      }
    }
  }

  private static void awaitLearning(SlimCluster cluster, String job) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode state = cluster.get("/jobs/" + job);
      assertThat(state.get("state").asText()).isNotEqualTo("FAILED");
      for (JsonNode vertex : state.get("vertices")) {
        if (vertex.get("name").asText().startsWith("Trainer")
            && vertex.at("/metrics/read-records").asLong() > EVENTS / 4) {
          return;
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("job " + job + " learns nothing: " + cluster.get("/jobs/" + job));
  }

  private static Path config(Path folder, String servers) throws IOException {
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        name: resubmit
        kafka: {bootstrap-servers: "%s"}
        features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
        join: {window: 1 min, out-of-orderness: 5 s, idleness: 1 h}
        snapshot: {root: "%s"}
        checkpoint: {interval: 1 s, dir: "%s"}
        parallelism: 2
        """
            .formatted(
                servers,
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()));
  }
}
