package io.freshet.cli.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a topic that nobody has described to a learning model, by three commands. */
@Timeout(180)
final class ConfigInitITCase {
  private static final int RECORDS = 2_000;

  @TempDir private Path folder;
  private EmbeddedKafka kafka;

  @BeforeEach
  void startBroker() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().ensure(List.of("served"), 2);
    Random random = new Random(3);
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; i < RECORDS; i++) {
        long time = System.currentTimeMillis() - 1000L * (RECORDS - i);
        boolean clicked = random.nextInt(10) < (i % 4 == 0 ? 8 : 1);
        String json =
            "{\"ts\": %s, \"user_id\": \"u%s\", \"ad\": %s, \"price\": \"%s\", \"mobile\": %s, \"clicked\": %s}"
                .formatted(time, i % 50, i % 4, random.nextInt(9_999) / 100.0, i % 3 == 0, clicked);
        producer.send(new ProducerRecord<>("served", i % 2, time, null, json.getBytes(UTF_8)));
      }
    }
  }

  @AfterEach
  void stopBroker() throws Exception {
    kafka.close();
  }

  @Test
  void threeCommandsMakeALearningModelOfAnUnknownTopic() throws Exception {
    Path file = folder.resolve("served.yaml");

    List<CommandRun> runs = new ArrayList<>();
    for (String command : documented()) {
      String typed =
          command
              .replace("localhost:9092", kafka.bootstrapServers())
              .replace("served.yaml", file.toString());
      runs.add(CommandRun.of(typed.split(" ")));
    }

    CommandRun init = runs.get(0);
    CommandRun doctor = runs.get(1);
    CommandRun train = runs.get(2);
    assertThat(init.err()).isEmpty();
    assertThat(Files.readString(file))
        .containsPattern("id: none +# no field names the record")
        .containsPattern("timestamp: ts +# ")
        .containsPattern("label: \\{field: clicked\\} +# ")
        .containsPattern(
            "- \\{name: user_id, kind: categorical\\} +# 50 values; taken for the user")
        .containsPattern(
            "- \\{name: ad, kind: categorical\\} +# 4 values; looks like what is shown")
        .containsPattern("- \\{name: price, kind: numeric\\} +# from ")
        .containsPattern("- \\{name: mobile, kind: categorical\\} +# 2 values");
    assertThat(doctor.out()).doesNotContain("problem  events", "problem  topic served");
    assertThat(train.code()).as(train.err()).isZero();
    assertThat(train.out())
        .containsPattern("impressions +2,000\n")
        .containsPattern("examples +2,000 in ")
        .containsPattern("dead letters +0\n")
        .containsPattern("AUC +0\\.[789]")
        .doesNotContain("late clicks");
  }

  @Test
  void avroIsReadWithItsSchemas() throws Exception {
    String schemas = folder.resolve("schemas").toUri().toString();
    String file = folder.resolve("avro.yaml").toString();
    String servers = kafka.bootstrapServers();
    String simulate =
        "simulate --impressions 500 --impressions-topic shown --clicks-topic acted --partitions 2"
            + " --format avro --bootstrap-servers %s --schemas %s";
    String init = "config init --topic shown --bootstrap-servers %s --output %s";
    CommandRun.of(simulate.formatted(servers, schemas).split(" "));

    CommandRun unknown = CommandRun.of(init.formatted(servers, file).split(" "));
    CommandRun known =
        CommandRun.of((init + " --schemas %s").formatted(servers, file, schemas).split(" "));

    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("Avro, which needs schemas: give --registry URL or");
    assertThat(known.code()).as(known.err()).isZero();
    assertThat(CommandRun.of("config", "check", file).code()).isZero();
    assertThat(Files.readString(Path.of(file)))
        .contains("format: avro", "schemas: \"file:/")
        .containsPattern("id: impression_id ")
        .containsPattern("timestamp: timestamp ")
        .containsPattern("- \\{name: user, kind: categorical\\} ");
  }

  /** The commands that the tutorial shows, without what starts Java. */
  private static List<String> documented() throws IOException {
    String java = "$ java -jar target/freshet.jar ";
    List<String> commands =
        Files.readAllLines(Path.of("src/docs/tutorial.md")).stream()
            .filter(line -> line.startsWith(java) && line.contains("served"))
            .map(line -> line.substring(java.length()))
            .toList();
    assertThat(commands).hasSize(3);
    return commands;
  }
}
