package io.freshet.lab.bench.loop;

import io.freshet.lab.bench.measure.Benchmark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The label join with many waiting impressions, in a separate process. */
@Command(
    name = "join",
    showDefaultValues = true,
    description = {
      "Fills the label join with waiting impressions, and lets all windows end.",
      "",
      "It takes a savepoint, lets all windows end at once, and takes another savepoint"
          + " meanwhile; in a process with the given heap."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar bench join",
      "  java -jar freshet.jar bench join --backend hashmap --impressions 1000000 --json"
    })
public final class JoinCommand extends Benchmark {
  /** Packages that Flink needs opened, as in the manifest of the jar. */
  private static final List<String> OPENED =
      List.of(
          "java.lang", "java.util", "java.nio", "sun.nio.ch", "java.time", "java.util.concurrent");

  @Option(names = "--impressions", description = "Impressions that wait.")
  private int impressions = 10_000_000;

  @Option(names = "--fields", description = "Categorical fields of an impression.")
  private int fields = 20;

  @Option(names = "--backend", description = "Of state: rocksdb or hashmap.")
  private String backend = "rocksdb";

  @Option(names = "--heap", paramLabel = "SIZE", description = "Of the process, as for java -Xmx.")
  private String heap = "1g";

  @Override
  public Integer call() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(JoinBench.class.getName());
    command.addAll(
        List.of(
            Integer.toString(impressions),
            Integer.toString(fields),
            backend,
            Boolean.toString(asJson())));
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      return process.waitFor();
    } finally {
      process.destroy();
    }
  }
}
