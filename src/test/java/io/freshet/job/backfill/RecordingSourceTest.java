package io.freshet.job.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.LogLines;
import io.freshet.config.LearnerConfig;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.feature.example.RecordedId;
import io.freshet.job.backfill.Recorded.Labeled;
import io.freshet.job.backfill.Recorded.Shown;
import io.freshet.job.example.ExampleJson;
import io.freshet.job.example.NumberedExample;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded events, read in the order of time as often as wanted. */
final class RecordingSourceTest {
  private static final long T = 1_767_225_600_000L;
  private static final int N = 1_000; // one a second, every third clicked after 2 s
  private static final int CLICKS = 333; // up to a window and the bound after the last impression
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
  private RecordingSource source;

  @BeforeEach
  void record() throws IOException {
    StringBuilder even = new StringBuilder();
    StringBuilder odd = new StringBuilder();
    StringBuilder clicks = new StringBuilder("{\"broken\n");
    for (int i = 0; i < N; i++) {
      byte[] shown = EventJson.impression("i" + i, T + 1000L * i, Map.of("user", "ü" + i % 7));
      (i % 2 == 0 ? even : odd).append(new String(shown, UTF_8)).append('\n');
      if (i % 3 == 0) {
        byte[] click = EventJson.click("i" + i, T + 1000L * i + 2000);
        clicks.append(new String(click, UTF_8)).append('\n');
      }
    }
    Files.writeString(dir.resolve("impressions-0.jsonl"), even);
    Files.writeString(dir.resolve("impressions-1.jsonl"), odd);
    Files.writeString(dir.resolve("clicks.jsonl"), clicks);
    source = new Backfill(dir.toString(), false, 2, Optional.empty()).source(CONFIG);
  }

  @Test
  void itEndsAWindowAndTheBoundOfDisorderBeforeWhatIsRecorded() {
    assertThat(source.until()).isEqualTo(T + 1000L * (N - 1) - 70_000);
  }

  @Test
  void aPassFollowsTheOtherInEventTimeAndTheLastIsAtItsOwn() throws Exception {
    List<Recorded> read = read(RecordingPosition.START);

    int each = N - 70 + CLICKS;
    assertThat(read).hasSize(2 * each);
    for (int i = 0; i < 2 * each; i++) {
      assertThat(RecordedId.parse(id(read.get(i))).pass()).isEqualTo(i < each ? 1 : 2);
      assertThat(read.get(i).time()).isGreaterThanOrEqualTo(read.get(Math.max(0, i - 1)).time());
      assertThat(read.get(i).time()).isEqualTo(read.get(i % each).time() + (i < each ? 0 : day()));
    }
    assertThat(read.get(each).time()).as("of the first of the last pass").isEqualTo(T);
    assertThat(read.stream().map(RecordingSourceTest::id).distinct()).hasSize(2 * (N - 70 + 23));
  }

  private static long day() {
    return 86_400_000;
  }

  @Test
  void aRestartReadsOnFromWhereACheckpointWas() throws Exception {
    List<Recorded> all = read(RecordingPosition.START);

    for (int stop : new int[] {0, 1, 500, N - 70 + CLICKS, N - 69 + CLICKS, 2_000}) {
      RecordingReader first = reader(source, RecordingPosition.START);
      List<Recorded> both = poll(first, stop);
      RecordingPosition.Serializer serializer = new RecordingPosition.Serializer();
      byte[] state = serializer.serialize(first.snapshotState(1).get(0));

      both.addAll(read(serializer.deserialize(1, state)));

      assertThat(texts(both)).isEqualTo(texts(all));
    }
  }

  @Test
  void aRestartReadsNothingOfWhatCameBefore() throws Exception {
    Counted logs = new Counted(new EventFiles(dir.toString(), List.of("impressions", "clicks")));
    RecordedEvents events = RecordedEvents.of(logs, CONFIG.events(), CONFIG);
    RecordingSource counted = new RecordingSource(events, 1, 0, Long.MAX_VALUE);
    RecordingReader first = reader(counted, RecordingPosition.START);
    poll(first, 1_000);
    RecordingPosition position = first.snapshotState(1).get(0);
    logs.reads = 0;

    List<Recorded> rest = poll(reader(counted, position), Integer.MAX_VALUE);

    assertThat(rest).hasSize(N + CLICKS + 1 - 1_000);
    assertThat(logs.reads).as("records and the end of each log").isEqualTo(rest.size() + 3);
  }

  @Test
  void aRecordingOfAnotherNumberOfFilesIsRefused() {
    RecordingPosition position = new RecordingPosition(1, List.of(0L, 0L));

    assertThatThrownBy(() -> reader(source, position))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("has 3 files or partitions, but had 2");
  }

  @Test
  void aRestartInTheMiddleOfItIsRefusedWithoutTheRecording() {
    RecordingPosition position = new RecordingPosition(2, List.of(500L));

    assertThatThrownBy(() -> reader(RecordingSource.missing(0), position))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the state was taken in the middle of a recording");
  }

  @Test
  void atItsEndItIsIdleForGood() throws Exception {
    RecordingReader reader = reader(RecordingSource.missing(0), RecordingPosition.END);
    Output output = new Output(new ArrayList<>());

    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);

    assertThat(output.idle).as("of the split and the whole").isEqualTo(2);
    assertThat(reader.isAvailable()).isNotDone();
    assertThat(reader.snapshotState(1)).containsExactly(RecordingPosition.END);
  }

  @Test
  void aReaderThatHasAPositionTakesNoOther() throws Exception {
    RecordingReader reader = reader(source, new RecordingPosition(2, List.of()));
    reader.addSplits(List.of(RecordingPosition.START));

    assertThat(poll(reader, Integer.MAX_VALUE)).hasSize(N - 70 + CLICKS);
  }

  @Test
  void labeledExamplesAreReadInEachPassWithoutTime() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      Example features = new Example(i, new long[] {1}, new float[] {1});
      LabeledExample example = new LabeledExample("i" + i, T + i, 1, 1, features);
      lines.append(new String(ExampleJson.of(new NumberedExample(i, example)), UTF_8)).append('\n');
    }
    Path file = Files.writeString(dir.resolve("examples.jsonl"), lines);
    source = new Backfill(file.toString(), false, 2, Optional.empty()).source(CONFIG);

    List<Recorded> read = read(new RecordingPosition(1, List.of(3L)));

    assertThat(source.until()).isEqualTo(T + 9);
    assertThat(read).hasSize(17).allMatch(record -> record.time() == 0);
    assertThat(read.stream().map(record -> ((Labeled) record).example().origin()))
        .startsWith(Origin.RECORDED)
        .endsWith(Origin.REPEATED);
    assertThat(read.stream().map(RecordingSourceTest::id).limit(8))
        .containsExactly("i3", "i4", "i5", "i6", "i7", "i8", "i9", "i0");
  }

  @Test
  void anEventFarAheadInItsFileIsLeftOut() throws Exception {
    List<String> expected = texts(read(RecordingPosition.START));
    Path file = dir.resolve("impressions-0.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    byte[] ahead = EventJson.impression("ahead", T + 86_400_000, Map.of("user", "u"));
    lines.add(10, new String(ahead, UTF_8));
    Files.write(file, lines);

    source = new Backfill(dir.toString(), false, 2, Optional.empty()).source(CONFIG);

    assertThat(texts(read(RecordingPosition.START))).isEqualTo(expected);
  }

  @Test
  void whatIsLeftOutIsCountedWithTheFirstReason() throws Exception {
    byte[] future = EventJson.impression("f", System.currentTimeMillis() * 2, Map.of());
    Files.writeString(dir.resolve("impressions-2.jsonl"), "no event\n" + new String(future, UTF_8));

    try (LogLines log = LogLines.of(EventLog.class)) {
      new Backfill(dir.toString(), false, 1, Optional.empty()).source(CONFIG);

      assertThat(log.lines())
          .anyMatch(
              line ->
                  line.startsWith("WARN 2 records of file:")
                      && line.contains("impressions-2.jsonl are left out; the first: offset 0: "));
    }
  }

  @Test
  void labeledExamplesOfTheFutureAreRefused() throws Exception {
    Example features = new Example(1, new long[] {1}, new float[] {1});
    long time = System.currentTimeMillis() + 86_400_000;
    LabeledExample example = new LabeledExample("ahead", time, 1, 1, features);
    Path file =
        Files.write(dir.resolve("e.jsonl"), ExampleJson.of(new NumberedExample(0, example)));
    Backfill backfill = new Backfill(file.toString(), false, 1, Optional.empty());

    assertThatThrownBy(() -> backfill.source(CONFIG))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the example of impression ahead is of")
        .hasMessageContaining("in the future");
  }

  @Test
  void aRecordingThatCannotBeOpenedLeavesNothingOpen() {
    Counted logs = new Counted(new EventFiles(dir.toString(), List.of("impressions", "clicks")));
    logs.openable = 2;
    RecordedEvents events = RecordedEvents.of(logs, CONFIG.events(), CONFIG);

    assertThatThrownBy(() -> events.open(List.of())).hasMessage("no third");
    assertThat(logs.open).isZero();
  }

  private static List<String> texts(List<Recorded> records) {
    return records.stream().map(each -> each.getClass() + id(each) + each.time()).toList();
  }

  private static String id(Recorded record) {
    if (record instanceof Shown shown) {
      return shown.impression().id();
    }
    return record instanceof Labeled labeled
        ? labeled.example().impressionId()
        : ((Recorded.Acted) record).click().impressionId();
  }

  private List<Recorded> read(RecordingPosition from) throws Exception {
    return poll(reader(source, from), Integer.MAX_VALUE);
  }

  private static RecordingReader reader(RecordingSource source, RecordingPosition from) {
    RecordingReader reader = new RecordingReader(source);
    reader.start();
    reader.addSplits(List.of(from));
    return reader;
  }

  /** The records until the end, or so many. */
  private static List<Recorded> poll(RecordingReader reader, int most) throws Exception {
    List<Recorded> read = new ArrayList<>();
    Output output = new Output(read);
    InputStatus status = InputStatus.MORE_AVAILABLE;
    while (read.size() < most && status == InputStatus.MORE_AVAILABLE) {
      status = reader.pollNext(output);
    }
    return read;
  }

  /** Counts how often a record is read. */
  private static final class Counted implements EventLogs {
    private static final long serialVersionUID = 1L;
    private final EventLogs logs;
    private int reads;
    private int openable = -1; // without end
    private int open;

    Counted(EventLogs logs) {
      this.logs = logs;
    }

    @Override
    public List<Log> of(String topic) throws IOException {
      return logs.of(topic).stream().<Log>map(log -> place -> open(log, place)).toList();
    }

    private Records open(Log log, long place) throws IOException {
      if (openable-- == 0) {
        throw new IOException("no third");
      }
      open++;
      return counted(log.open(place));
    }

    private Records counted(Records records) {
      return new Records() {
        @Override
        public Optional<ConsumerRecord<byte[], byte[]>> next() throws IOException {
          reads++;
          return records.next();
        }

        @Override
        public long place() {
          return records.place();
        }

        @Override
        public void close() throws IOException {
          open--;
          records.close();
        }
      };
    }
  }

  /** Takes records of the split, and counts who is idle. */
  private static final class Output implements ReaderOutput<Recorded> {
    private final List<Recorded> records;
    private int idle;

    Output(List<Recorded> records) {
      this.records = records;
    }

    @Override
    public void collect(Recorded record) {
      throw new AssertionError("a record without time");
    }

    @Override
    public void collect(Recorded record, long timestamp) {
      assertThat(timestamp).isEqualTo(record.time());
      records.add(record);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      throw new AssertionError("watermarks are made of records");
    }

    @Override
    public void markIdle() {
      idle++;
    }

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<Recorded> createOutputForSplit(String split) {
      assertThat(split).isEqualTo("recording");
      return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {}
  }
}
