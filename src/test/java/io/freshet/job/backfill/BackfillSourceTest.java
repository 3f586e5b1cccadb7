package io.freshet.job.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Past;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.lab.stream.EventJson;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded events, joined, and read as often as wanted. */
final class BackfillSourceTest {
  private static final long T = 1_767_225_600_000L;
  private static final int N = 1_000; // one a second, every third clicked after 2 s
  private static final LearnerConfig CONFIG =
      LearnerConfig.parse(
          """
          kafka: {bootstrap-servers: "localhost:9092"}
          features: [{name: user, kind: categorical}]
          join: {window: 1 min, out-of-orderness: 10 s, warm-up: 0 s, breaker: {enabled: false}}
          """,
          "learner.yaml",
          List.of());

  @TempDir Path dir;
  private BackfillSource history;

  @BeforeEach
  void record() throws IOException {
    StringBuilder impressions = new StringBuilder();
    StringBuilder clicks = new StringBuilder("{\"broken\n");
    for (int i = 0; i < N; i++) {
      byte[] shown = EventJson.impression("i" + i, T + 1000L * i, Map.of("user", "u" + i % 7));
      impressions.append(new String(shown, UTF_8)).append('\n');
      if (i % 3 == 0) {
        byte[] click = EventJson.click("i" + i, T + 1000L * i + 2000);
        clicks.append(new String(click, UTF_8)).append('\n');
      }
    }
    Files.writeString(dir.resolve("impressions.jsonl"), impressions);
    Files.writeString(dir.resolve("clicks.jsonl"), clicks);
    history = new Backfill(dir.toString(), false, 2, Optional.empty()).history(CONFIG);
  }

  @Test
  void itEndsAWindowAndTheBoundOfDisorderBeforeWhatIsRecorded() {
    assertThat(history.until()).isEqualTo(T + 1000L * (N - 1) - 70_000);
  }

  @Test
  void everyImpressionUpToItsEndIsToldOnceAPassWithItsLabel() throws Exception {
    List<LabeledExample> told = read(BackfillPosition.START, Integer.MAX_VALUE);

    int each = N - 70;
    assertThat(told).hasSize(2 * each);
    assertThat(told.subList(0, each)).allMatch(e -> e.origin() == Origin.RECORDED);
    assertThat(told.subList(each, 2 * each)).allMatch(LabeledExample::isRepeated);
    assertThat(told).noneMatch(LabeledExample::isJudged);
    assertThat(told.stream().map(LabeledExample::impressionId).distinct()).hasSize(each);
    for (LabeledExample example : told) {
      int i = Integer.parseInt(example.impressionId().substring(1));
      assertThat(example.label()).as("label of %d", i).isEqualTo(i % 3 == 0 ? 1 : 0);
    }
  }

  @Test
  void aRestartReadsOnFromWhereACheckpointWas() throws Exception {
    List<LabeledExample> all = read(BackfillPosition.START, Integer.MAX_VALUE);

    for (int stop : new int[] {1, 500, N - 70, N - 69, 1_500}) {
      BackfillReader first = reader(BackfillPosition.START);
      List<LabeledExample> before = poll(first, stop);
      List<BackfillPosition> state = first.snapshotState(1);
      List<BackfillPosition> copied = new ArrayList<>();
      for (BackfillPosition position : state) {
        BackfillPosition.Serializer serializer = new BackfillPosition.Serializer();
        copied.add(serializer.deserialize(1, serializer.serialize(position)));
      }

      List<LabeledExample> after = read(copied.get(0), Integer.MAX_VALUE);

      before.addAll(after);
      assertThat(before).hasSameSizeAs(all);
      for (int i = 0; i < all.size(); i++) {
        assertThat(before.get(i).impressionId()).isEqualTo(all.get(i).impressionId());
      }
    }
  }

  @Test
  void atItsEndItIsNotAskedAgain() throws Exception {
    BackfillReader reader = new BackfillReader(history, () -> {});
    reader.notifyNoMoreSplits();
    assertThat(reader.isAvailable()).isDone();

    InputStatus status = reader.pollNext(new Output(new ArrayList<>()));

    assertThat(status).isEqualTo(InputStatus.END_OF_INPUT);
    assertThat(reader.isAvailable()).isNotDone();
  }

  @Test
  void aSplitIsAskedForOnceAndOnlyWhereThereIsNone() throws Exception {
    List<String> asked = new ArrayList<>();
    BackfillReader restored = new BackfillReader(history, () -> asked.add("restored"));
    BackfillReader fresh = new BackfillReader(history, () -> asked.add("fresh"));
    restored.start();
    restored.addSplits(List.of(BackfillPosition.START));
    fresh.start();

    for (int poll = 0; poll < 3; poll++) {
      restored.pollNext(new Output(new ArrayList<>()));
      fresh.pollNext(new Output(new ArrayList<>()));
    }

    assertThat(asked).containsExactly("fresh");
    restored.close();
  }

  @Test
  void aRestartAmidItIsRefusedWithoutTheRecording() {
    BackfillReader reader = new BackfillReader(BackfillSource.untold(), () -> {});
    reader.addSplits(List.of(new BackfillPosition(1, 500)));

    assertThatThrownBy(() -> reader.pollNext(new Output(new ArrayList<>())))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the state was taken amid a recording");
  }

  private List<LabeledExample> read(BackfillPosition from, int most) throws Exception {
    return poll(reader(from), most);
  }

  private BackfillReader reader(BackfillPosition from) {
    BackfillReader reader = new BackfillReader(history, () -> {});
    reader.start();
    reader.addSplits(List.of(from));
    reader.notifyNoMoreSplits();
    return reader;
  }

  /** The examples until the end, or so many. */
  private List<LabeledExample> poll(BackfillReader reader, int most) throws Exception {
    List<SourceRecord<EncodedImpression>> output = new ArrayList<>();
    List<LabeledExample> told = new ArrayList<>();
    InputStatus status = InputStatus.MORE_AVAILABLE;
    while (told.size() < most && status != InputStatus.END_OF_INPUT) {
      status = reader.pollNext(new Output(output));
      for (SourceRecord<EncodedImpression> record : output) {
        if (record instanceof Past<EncodedImpression> past) {
          told.add(past.example());
        } else {
          assertThat(record).isEqualTo(new Tick<>(history.until()));
        }
      }
      output.clear();
    }
    reader.close();
    return told;
  }

  /** Takes records, and wants nothing else. */
  private record Output(List<SourceRecord<EncodedImpression>> records)
      implements ReaderOutput<SourceRecord<EncodedImpression>> {
    @Override
    public void collect(SourceRecord<EncodedImpression> record) {
      records.add(record);
    }

    @Override
    public void collect(SourceRecord<EncodedImpression> record, long timestamp) {
      throw new AssertionError("a time beside the record's own");
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      throw new AssertionError("watermarks are made of ticks");
    }

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<SourceRecord<EncodedImpression>> createOutputForSplit(String split) {
      assertThat(split).isEqualTo("history");
      return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {}
  }
}
