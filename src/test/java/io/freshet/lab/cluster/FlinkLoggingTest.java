package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code flink-conf/log4j*.properties}, as Log4j reads them. */
final class FlinkLoggingTest {
  private static final Path DAEMONS = Path.of("flink-conf/log4j.properties");
  private static final Path CONTAINERS = Path.of("flink-conf/log4j-console.properties");

  @TempDir private Path folder;

  @Test
  void whatIsQuietInContainersIsQuietElsewhere() throws IOException {
    assertThat(loggers(DAEMONS)).isNotEmpty().isEqualTo(loggers(CONTAINERS));
  }

  @Test
  void daemonsLogToTheFileOfFlinksScripts() throws IOException {
    Path file = folder.resolve("flink-taskexecutor.log");
    System.setProperty("log.file", file.toString());
    LoggerContext log = new LoggerContext("daemon", null, DAEMONS.toUri());
    try {
      log.start();
      log.getLogger("org.apache.flink.runtime.source.coordinator.SourceCoordinator")
          .info("Distributing maxAllowedWatermark");
      log.getLogger("io.freshet.job.TrainCommand").info("starts again");
    } finally {
      log.stop();
      System.clearProperty("log.file");
    }

    assertThat(Files.readAllLines(file))
        .singleElement()
        .satisfies(line -> assertThat(line).endsWith("starts again").contains("TrainCommand"));
  }

  private static TreeMap<String, String> loggers(Path file) throws IOException {
    Properties all = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      all.load(in);
    }
    TreeMap<String, String> loggers = new TreeMap<>();
    for (String key : all.stringPropertyNames()) {
      if (key.startsWith("logger.")) {
        loggers.put(key, all.getProperty(key));
      }
    }
    return loggers;
  }
}
