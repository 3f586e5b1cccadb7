package io.freshet.lab.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.util.FileUtils;

/**
 * The folder that a demo writes to. Each demo begins with an empty model, so the results of an
 * earlier one are removed; what no demo wrote is never touched.
 */
final class DemoFolder {
  private static final String MARK = ".freshet-demo";
  private static final List<String> RESULTS =
      List.of("snapshots", "checkpoints", "savepoints", "summary.json", "report.html");

  private DemoFolder() {}

  /**
   * Makes the folder ready for a demo.
   *
   * @throws IOException where it holds something of a demo's names that no demo wrote
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
