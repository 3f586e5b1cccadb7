package io.freshet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigInitCommandTest {
  @TempDir private Path folder;

  @Test
  void everyGuessSaysWhy() throws IOException {
    String yaml =
        init(
            i ->
                """
                {"request_id": "r%s", "event_time": %s, "user": {"id": %s}, "itemId": %s, "price": %s, \
                "age": "%s", "tags": ["a", "b"], "basket": [{"id": %s}, {"id": 7}], "sdk": "1.2", \
                "agent": "agent %s", "shown": {"at": "2026-01-01T00:00:00Z"}, "clicked": %s, \
                "dwell": %s, "weight": %s}
                """
                    .formatted(
                        i,
                        1_767_225_600 + i,
                        100_000 + i % 40,
                        i % 7,
                        i / 8.0,
                        20 + i % 50,
                        i % 5,
                        i,
                        i % 4 == 0,
                        i % 4 == 0 ? "2.5" : "null",
                        1 + i % 3));

    assertThat(yaml)
        .containsPattern("    id: request_id +# another in each of 200 records")
        .containsPattern("    timestamp: event_time +# ")
        .containsPattern("    timestamp-unit: s +# 1767225600 is 2026-01-01T00:00:00Z")
        .containsPattern("    weight: weight +# ")
        .containsPattern("    label: \\{field: clicked\\} +# named as a label is; 25.0 %")
        .containsPattern("  - \\{name: user-id, kind: categorical, from: user.id\\} +# 40 values")
        .containsPattern(
            "  - \\{name: itemId, kind: categorical\\} +# 7 values; looks like what is")
        .containsPattern("  - \\{name: price, kind: numeric\\} +# from 0 to 24.875")
        .containsPattern("  - \\{name: age, kind: numeric\\} +# from 20 to 69")
        .containsPattern("  - \\{name: tags, kind: multi\\} +# 2 values")
        .containsPattern("  - \\{name: basket-id, kind: multi, from: \"basket\\[\\].id\"\\}")
        .containsPattern("  # - \\{name: sdk, .* +# left out: 1.2 in every record")
        .containsPattern("  # - \\{name: agent, .* +# left out: a text of its own")
        .containsPattern("  # - \\{name: dwell, .* +# left out: only positives have it")
        .containsPattern("  user-field: user-id");
  }

  @Test
  void freshetsOwnShapeIsFoundToo() throws IOException {
    String yaml =
        init(
            i ->
                "{\"impression_id\": \"i%s\", \"timestamp\": %s, \"features\": {\"user\": \"u%s\", \"x.y\": %s.5}}"
                    .formatted(i, 1_767_225_600_000L + i, i % 9, i));

    assertThat(yaml)
        .containsPattern("    id: impression_id ")
        .containsPattern("    timestamp: timestamp ")
        .containsPattern("    timestamp-unit: ms ")
        .contains("# no field looks like a label: clicks are joined")
        .containsPattern("  - \\{name: user, kind: categorical\\} ")
        .contains("  - {name: x.y, kind: numeric, from: \"features.x\\\\.y\"}");
  }

  @Test
  void asManyFractionsInEachRecordAreAVector() throws IOException {
    String yaml =
        init(
            i ->
                "{\"id\": %s, \"photo\": %s, \"sizes\": %s, \"user\": \"u%s\"}"
                    .formatted(
                        i,
                        DoubleStream.iterate(i + 0.5, x -> x / 3).limit(8).boxed().toList(),
                        List.of(1, 2, 3, 4, 5, 6, 7, 8),
                        i % 9));

    assertThat(yaml)
        .containsPattern("  - \\{name: photo, kind: vector, size: 8\\} +# 8 numbers each")
        .containsPattern("  - \\{name: sizes, kind: multi\\} +# 8 values");
  }

  @Test
  void aRatingIsALabelByAThreshold() throws IOException {
    String yaml =
        init(
            i ->
                "{\"id\": %s, \"ts\": \"2026-01-01T00:00:00Z\", \"user\": \"u%s\", \"rating\": %s}"
                    .formatted(i, i % 9, 1 + i % 5));

    assertThat(yaml)
        .containsPattern("timestamp-unit: iso-8601 ")
        .containsPattern("label: \\{field: rating, at-least: 3.0\\} +# .* 60.0 %");
  }

  @Test
  void hostileNamesAndValuesAreQuoted() throws IOException {
    String yaml =
        init(
            i ->
                "{\"no\": \"a: #%s\", \"x y\\\"\": \"\\u0000\\n\", \"\": 1, \"a[0]\": 1, \"Ünï\": %s}"
                    .formatted(i % 3, i % 2));

    assertThat(yaml)
        .contains("timestamp-unit: kafka", "id: impression_id")
        .contains("{name: \"no\", kind: categorical}", "{name: \"Ünï\", kind: ")
        .doesNotContain("a[0]");
  }

  @Test
  void whatCannotBeReadIsSaid() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken"), "{\"a\": \n");
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    Path other = Files.writeString(folder.resolve("other"), "a,b\n1,2\n");

    assertThat(run(broken).code()).isEqualTo(1);
    assertThat(run(broken).err()).contains("none of 1 records can be read; the first: ");
    assertThat(run(empty).err()).contains("there are no records to guess from");
    assertThat(run(other).err()).contains("the first record is no JSON object");
    Files.writeString(folder.resolve("learner.yaml"), "mine");
    assertThat(run(broken).code()).isEqualTo(2);
    assertThat(run(broken).err()).contains("exists; move it away");
    assertThat(folder.resolve("learner.yaml")).hasContent("mine");
  }

  private interface Line {
    String of(int i);
  }

  /** What is written of 200 such lines; it is sound. */
  private String init(Line line) throws IOException {
    List<String> lines = IntStream.range(0, 200).mapToObj(i -> line.of(i).strip()).toList();
    CommandRun run = run(Files.write(folder.resolve("shown.jsonl"), lines));
    assertThat(run.code()).as(run.err()).isZero();
    Path file = folder.resolve("learner.yaml");
    CommandRun check = CommandRun.of("config", "check", file.toString());
    assertThat(check.code()).as(check.out()).isZero();
    return Files.readString(file);
  }

  private CommandRun run(Path records) {
    return CommandRun.of(
        "config",
        "init",
        "--file",
        records.toString(),
        "--output",
        folder.resolve("learner.yaml").toString());
  }
}
