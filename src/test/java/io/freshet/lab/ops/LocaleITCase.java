package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs in languages with digits, or with upper and lower case letters, of their own. */
final class LocaleITCase {
  private static final long START = 1_769_860_800_000L;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"ar, EG", "tr, TR"})
  void aLearnerLearnsAndPublishesAsInEnglish(String language, String country) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        Processes processes = new Processes(folder, javaOptions(language, country))) {
      kafka.topics().ensure(List.of("impressions", "clicks"), 1);
      send(kafka);

      processes.run(0, "train", "--config", config(kafka).toString(), "--bounded");
    }

    try (Stream<Path> files = Files.list(folder.resolve("snapshots"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.matches("[0-9a-f]{8}-[0-9]{10}"));
    }
  }

  private static Map<String, String> javaOptions(String language, String country) {
    String others = System.getenv().getOrDefault("JDK_JAVA_OPTIONS", "");
    return Map.of(
        "JDK_JAVA_OPTIONS",
        "%s -Duser.language=%s -Duser.country=%s".formatted(others, language, country).strip());
  }

  private static void send(EmbeddedKafka kafka) throws Exception {
    try (KafkaEvents events =
        new KafkaEvents(kafka.clients(), "impressions", "clicks", Timestamps.EVENT)) {
      for (int i = 0; i < 60; i++) {
        long time = START + 1000L * i;
        events.send(
            new EventRecord(
                EventRecord.Topic.IMPRESSIONS,
                Optional.empty(),
                time,
                """
                {"impression_id": "i%s", "timestamp": %s, "features": {"user": "u%s", "item": "n%s"}}\
                """
                    .formatted(i, time, i % 7, i % 5)
                    .getBytes(StandardCharsets.UTF_8)));
      }
      events.flush();
    }
  }

  private Path config(EmbeddedKafka kafka) throws Exception {
    URI here = folder.toUri();
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        name: c
        kafka: {bootstrap-servers: "%s"}
        features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
        model: {embedding-size: 4, hidden-layers: [8]}
        join: {window: 2 s, out-of-orderness: 1 s}
        snapshot: {root: "%ssnapshots"}
        checkpoint: {interval: 2 s, dir: "%scheckpoints"}
        parallelism: 1
        """
            .formatted(kafka.bootstrapServers(), here, here));
  }
}
