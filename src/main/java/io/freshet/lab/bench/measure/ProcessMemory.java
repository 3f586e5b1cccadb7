package io.freshet.lab.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Memory and disk space that this process uses. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int KIB = 1024;

  private ProcessMemory() {}

  /** Peak resident memory; 0 where the system does not report it. */
  public static long peakResident() throws IOException {
    return status("VmHWM:");
  }

  /** Resident memory; 0 where the system does not report it. */
  public static long resident() throws IOException {
    return status("VmRSS:");
  }

  private static long status(String key) throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .sum();
    }
  }

  /** Bytes of all files below a directory, which may change meanwhile. */
  public static long onDisk(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      ToLongFunction<Path> size = file -> file.toFile().length();
      return files.filter(Files::isRegularFile).mapToLong(size).sum();
    }
  }
}
