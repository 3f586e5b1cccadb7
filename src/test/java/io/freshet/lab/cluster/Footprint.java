package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a process holds after a garbage collection.
 *
 * @param loaders of jobs
 * @param classes loaded
 * @param metaspace in use, KB
 * @param libraries copies of OpenBLAS that are mapped
 * @param resident memory, KB
 */
record Footprint(
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
        metaspace = kilobytes(line.replaceAll(".*committed, +([0-9.,]+ [KMG]B).* used.*", "$1"));
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
    double n = Double.parseDouble(parts[0].replace(',', '.')); // as the system's locale has it
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
