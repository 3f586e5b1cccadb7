package io.freshet.lab.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/** A temporary directory, deleted with its contents on close. */
public record ScratchDirectory(Path path) implements AutoCloseable {

  public static ScratchDirectory create() throws IOException {
    return new ScratchDirectory(Files.createTempDirectory("freshet-bench"));
  }

  @Override
  public void close() throws IOException {
    FileUtils.deleteDirectory(path.toFile());
  }
}
