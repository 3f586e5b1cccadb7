package io.freshet.lab.bench.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@link TableMain} in another JVM with its own heap size, which ends with this process, as
 * its standard input closes.
 */
final class TableProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final PrintWriter out;
  private final BufferedReader in;
  private final Path log;

  TableProcess(TableSide side, String heap) throws IOException {
    Path directory = Files.createDirectories(Path.of(side.directory()));
    log = directory.resolve("log");
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + heap,
                    "-cp",
                    System.getProperty("java.class.path"),
                    TableMain.class.getName(),
                    side.toJson()))
            .redirectError(Redirect.to(log.toFile()))
            .start();
    out = new PrintWriter(process.getOutputStream(), true, UTF_8);
    in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  JsonNode ask(String command) throws IOException {
    out.println(command);
    String line = in.readLine();
    while (line != null && !line.startsWith("{")) {
      line = in.readLine(); // of an agent, as a profiler's
    }
    if (line == null) {
      List<String> all = Files.readAllLines(log);
      String last = String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
      throw new IOException("the benchmark's process has ended:\n" + last);
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    out.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
