package io.freshet.lab.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.lab.replay.mapping.BadRowException;
import io.freshet.lab.replay.mapping.Label;
import io.freshet.lab.replay.mapping.MappingFile;
import io.freshet.lab.replay.mapping.Row;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final String SHOWN =
      """
      input: {file: shown.csv}
      time: {column: at}
      label: click
      """;

  @TempDir private Path directory;

  @Test
  void usageExample() throws IOException {
    file("shown.csv", "user,item,at,click", "u1,i7,1600000000,1", "u2,i8,1600000001,0");

    List<EventRecord> records = replay(SHOWN + "key: user\nfeatures: {user: user, item: item}");

    assertThat(records)
        .extracting(ReplayTest::text)
        .containsExactly(
            "{\"impression_id\":\"shown-2\",\"timestamp\":1600000000000,"
                + "\"features\":{\"user\":\"u1\",\"item\":\"i7\"}}",
            "{\"impression_id\":\"shown-2\",\"timestamp\":1600000000000}",
            "{\"impression_id\":\"shown-3\",\"timestamp\":1600000001000,"
                + "\"features\":{\"user\":\"u2\",\"item\":\"i8\"}}");
    assertThat(records.get(1).key()).isEqualTo(Optional.of("u1"));
  }

  @Test
  void quotedValuesMayHoldSeparatorsQuotesAndLineEnds() throws IOException {
    file("shown.csv", "at,click,title", "1600000000,0,\"One, \"\"two\"\"", "three\"");

    assertThat(replay(SHOWN + "features: {title: title}"))
        .extracting(ReplayTest::text)
        .singleElement()
        .asString()
        .contains("\"title\":\"One, \\\"two\\\"\\nthree\"");
  }

  @Test
  void tabsWithoutHeaderOrQuotesAreReadToo() throws IOException {
    file("log.tsv", "1\t5\t\"a", "0\t\tb");

    List<EventRecord> records =
        replay(
            """
            input: {file: log.tsv, separator: "\\t", quote: "", columns: [label, n, c]}
            time: {step: 100 ms}
            timeline: {first: "2024-01-01T00:00:00Z"}
            label: label
            features: {n: {column: n, kind: number}, c: c}
            """);

    assertThat(records)
        .extracting(ReplayTest::text)
        .containsExactly(
            "{\"impression_id\":\"log-1\",\"timestamp\":1704067200000,"
                + "\"features\":{\"n\":5.0,\"c\":\"\\\"a\"}}",
            "{\"impression_id\":\"log-1\",\"timestamp\":1704067200000}",
            "{\"impression_id\":\"log-2\",\"timestamp\":1704067200100,"
                + "\"features\":{\"c\":\"b\"}}");
  }

  @Test
  void badRowsAreCountedAndNamedByLineAndColumn() throws IOException {
    file(
        "shown.csv",
        "at,click,price",
        "1600000000,0,5",
        "soon,0,5",
        "1600000001,0",
        "1600000002,maybe,5",
        "",
        "1600000003,0,cheap",
        "1600000004,0,6");

    ReplayRecords records = open(SHOWN + "features: {price: {column: price, kind: number}}", false);
    records.forEachRemaining(r -> {});

    assertThat(records.impressions()).isEqualTo(2).isEqualTo(records.total());
    assertThat(records.bad().count()).isEqualTo(4);
    assertThat(records.bad().first())
        .containsExactly(
            "shown.csv:3: column at: 'soon' is not a time as seconds since 1970, 1260759144",
            "shown.csv:4: 2 values, but there are 3 columns",
            "shown.csv:5: column click: 'maybe' is not a number",
            "shown.csv:7: column price: 'cheap' is not a number");
  }

  @Test
  void brokenQuotesCostTheirRowOnly() throws IOException {
    file("shown.csv", "at,click,t", "1600000000,0,\"a\"b", "1600000001,0,c", "1600000002,0,d");

    ReplayRecords records = open(SHOWN + "features: {t: t}", false);
    records.forEachRemaining(r -> {});

    assertThat(records.bad().first()).singleElement().asString().startsWith("shown.csv:2: ");
    assertThat(records.impressions()).isEqualTo(2);
  }

  @Test
  void aStrictReplayEndsAtTheFirstBadRow() throws IOException {
    file("shown.csv", "at,click,t", "1600000000,0,a", "1600000001,0,b", "x,0,c");

    ReplayRecords records = open(SHOWN + "features: {t: t}", true);

    assertThatThrownBy(() -> records.forEachRemaining(r -> {}))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("shown.csv:4: column at: 'x'");
  }

  @Test
  void aLookupAddsItsColumns() throws IOException {
    file("shown.csv", "at,click,movieId", "1600000000,0,1", "1600000001,0,9");
    file("movies.csv", "movieId,title,genres", "1,Toy Story (1995),Adventure|Comedy");

    List<EventRecord> records =
        replay(
            SHOWN
                + """
                lookups: [{file: movies.csv, on: movieId}]
                features:
                  genres: {column: genres, kind: list}
                  decade: {column: title, pattern: '\\((\\d{3})\\d\\)'}
                """);

    assertThat(text(records.get(0)))
        .contains("{\"genres\":[\"Adventure\",\"Comedy\"],\"decade\":\"199\"}");
    assertThat(text(records.get(1))).contains("\"features\":{}");
  }

  @Test
  void aColumnMayBeNamedByAnother() throws IOException {
    file("shown.csv", "at,click,item,for_a,for_b", "1600000000,0,b,1,2");

    assertThat(
            replay(
                SHOWN
                    + """
                    features:
                      affinity: {column: "for_{item}", kind: number}
                      both: {text: "{for_a}/{for_b}"}
                    """))
        .extracting(ReplayTest::text)
        .singleElement()
        .asString()
        .contains("{\"affinity\":2.0,\"both\":\"1/2\"}");
  }

  @Test
  void rowsAreSortedByTimeButEqualOnesStay() throws IOException {
    file("shown.csv", "at,click,t", "1600000002,0,c", "1600000001,0,a", "1600000001,0,b");

    assertThat(replay(SHOWN + "order: time\nfeatures: {t: t}"))
        .extracting(r -> text(r).replaceAll(".*\"t\":\"(.)\".*", "$1"))
        .containsExactly("a", "b", "c");
  }

  @Test
  void timesAreMovedSoThatTheFirstOrTheLastFallsOnAnInstant() throws IOException {
    file("shown.csv", "at,click,t", "1600000007,0,c", "1600000000,0,a");

    assertThat(times("timeline: {first: \"2024-01-01T00:00:00Z\"}"))
        .containsExactly(1_704_067_207_000L, 1_704_067_200_000L);
    assertThat(times("timeline: {last: now}"))
        .containsExactly(NOW.toEpochMilli(), NOW.toEpochMilli() - 7000);
    assertThat(times("timeline: {last: now, compress: 7}"))
        .containsExactly(NOW.toEpochMilli(), NOW.toEpochMilli() - 1000);
    assertThat(times("timeline: {duration: 14 s}"))
        .containsExactly(1_600_000_014_000L, 1_600_000_000_000L);
  }

  @Test
  void timePartsComeFromTheRowsOwnTime() throws IOException {
    file("shown.csv", "at,click", "2019-11-24 23:01:03.979311+00:00,0");

    assertThat(
            replay(
                """
                input: {file: shown.csv}
                time: {column: at, format: iso-8601}
                timeline: {first: "2024-01-01T00:00:00Z"}
                label: click
                features: {hour: {time: hour}, weekday: {time: weekday}}
                """))
        .extracting(ReplayTest::text)
        .singleElement()
        .asString()
        .contains("\"timestamp\":1704067200000")
        .contains("{\"hour\":\"23\",\"weekday\":\"sunday\"}");
  }

  @Test
  void clicksComeAfterTheirDelayInOrderOfTime() throws IOException {
    file(
        "shown.csv",
        "at,click,t",
        "1600000000,1,a",
        "1600000001,1,b",
        "1600000002,0,c",
        "1600000003,0,d");

    List<EventRecord> records = replay(SHOWN + "click-delay: 2 s\nfeatures: {t: t}");

    assertThat(records)
        .extracting(EventRecord::topic)
        .containsExactly(
            Topic.IMPRESSIONS,
            Topic.IMPRESSIONS,
            Topic.CLICKS,
            Topic.IMPRESSIONS,
            Topic.CLICKS,
            Topic.IMPRESSIONS);
    assertThat(records.get(2).time()).isEqualTo(1_600_000_002_000L);
    assertThat(records).extracting(EventRecord::time).isSorted();
  }

  @Test
  void labelsCompareAColumnWithANumber() throws BadRowException {
    Row row = new Row(1, Map.of("rating", "4.0", "a b", "1"));

    assertThat(Label.of("rating >= 4").clicked(row)).isTrue();
    assertThat(Label.of("rating>4").clicked(row)).isFalse();
    assertThat(Label.of("rating != 4").clicked(row)).isFalse();
    assertThat(Label.of("rating = 4").clicked(row)).isTrue();
    assertThat(Label.of("rating < 4.5").clicked(row)).isTrue();
    assertThat(Label.of("a b").clicked(row)).isTrue();
  }

  @Test
  void missingFilesAndColumnsAreNamedAtOnce() throws IOException {
    file("shown.csv", "at,click", "1600000000,0");

    assertThatIOException()
        .isThrownBy(() -> replay(SHOWN + "features: {a: usr, b: itm}"))
        .withMessage("shown.csv has no column itm, usr; there are [at, click]");
    assertThatIOException()
        .isThrownBy(() -> replay(SHOWN.replace("shown", "absent") + "features: {a: at}"))
        .withMessageContaining("there is no file")
        .withMessageContaining("absent.csv");
  }

  private List<Long> times(String timeline) throws IOException {
    return replay(SHOWN + timeline + "\nfeatures: {t: t}").stream().map(EventRecord::time).toList();
  }

  private List<EventRecord> replay(String mapping) throws IOException {
    List<EventRecord> records = new ArrayList<>();
    open(mapping, true).forEachRemaining(records::add);
    return records;
  }

  private ReplayRecords open(String mapping, boolean strict) throws IOException {
    Path file = Files.writeString(directory.resolve("mapping.yaml"), mapping);
    return new Replay(MappingFile.read(file), directory, NOW, strict).records();
  }

  private void file(String name, String... lines) throws IOException {
    Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
  }

  private static String text(EventRecord record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }
}
