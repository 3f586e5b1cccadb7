package io.freshet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

final class LogLayoutTest {
  private static final Pattern TOLD_BY_ITS_MESSAGE =
      Pattern.compile("LOG\\.(warn|error)\\([^;]*\\be\\.(getMessage|toString)\\(\\)[^;]*;");

  @Test
  void aFailureNamesItsRootCauseInItsLine() throws IOException {
    Exception full = new IOException("No space left on device");
    Exception fetcher = new IllegalStateException("SplitFetcher thread 0 failed", full);

    assertThat(line(new IllegalStateException("One or more fetchers failed", fetcher)))
        .endsWith(
            " WARN  Source: it ended: One or more fetchers failed;"
                + " root cause: java.io.IOException: No space left on device\n");
  }

  @Test
  void aFailureThatIsItsOwnRootIsSaidOnce() throws IOException {
    assertThat(line(null)).endsWith("Source: it ended\n");
    assertThat(line(new IOException("disk full")))
        .endsWith(": it ended: java.io.IOException: disk full\n");
    assertThat(line(new IllegalStateException(new IOException("disk full"))))
        .endsWith(": it ended: java.io.IOException: disk full\n");
    assertThat(line(new IllegalStateException()))
        .endsWith(": it ended: java.lang.IllegalStateException\n");
  }

  @Test
  void aCauseOfSeveralLinesStaysInOne() throws IOException {
    assertThat(line(new IllegalStateException("no model", new IOException("at line 3\n  {\n  ^"))))
        .endsWith(": it ended: no model; root cause: java.io.IOException: at line 3 { ^\n");
  }

  @Test
  void whatFailedIsHandedToTheLogWithItsCauses() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      assertThat(sources.filter(Files::isRegularFile))
          .allSatisfy(
              source ->
                  assertThat(TOLD_BY_ITS_MESSAGE.matcher(Files.readString(source)).find())
                      .as("a message without its causes in %s", source)
                      .isFalse());
    }
  }

  private static String line(Throwable thrown) throws IOException {
    return PatternLayout.newBuilder()
        .setPattern(settings().getProperty("appender.stderr.layout.pattern"))
        .build()
        .toSerializable(
            Log4jLogEvent.newBuilder()
                .setLoggerName("org.example.Source")
                .setLevel(Level.WARN)
                .setMessage(new SimpleMessage("it ended"))
                .setThrown(thrown)
                .build())
        .replace(System.lineSeparator(), "\n");
  }

  private static Properties settings() throws IOException {
    try (InputStream in = Program.class.getResourceAsStream("/log4j2.properties")) {
      Properties settings = new Properties();
      settings.load(in);
      return settings;
    }
  }
}
