package io.freshet.lab.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.util.FileUtils;

/**
 * The folder of a demo's results. Each demo begins with an empty model and removes the results of
 * an earlier one, but never what no demo wrote.
 */
final class DemoFolder {
  private static final String MARK = ".freshet-demo";
  private static final List<String> RESULTS =
      List.of("snapshots", "checkpoints", "savepoints", "summary.json", "report.html");

  private DemoFolder() {}

  /**
   * Prepares the folder.
   *
   * @throws IOException if something with a demo's names was not written by one
   */
  static void prepare(Path folder) throws IOException {
    Path mark = folder.resolve(MARK);
    for (String result : RESULTS) {
      Path path = folder.resolve(result);
      if (Files.exists(path) && !Files.exists(mark)) {
        throw new IOException(path + " is not of an earlier demo: name another --out");
      }
      FileUtils.deleteFileOrDirectory(path.toFile());
    }
    Files.createDirectories(folder);
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
  }
}
