package io.freshet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.evaluate.report.Decile;
import io.freshet.evaluate.report.GroupedAuc;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsReport;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.evaluate.report.Slice;
import io.freshet.evaluate.report.Spread;
import io.freshet.evaluate.report.UsersSeen;
import io.freshet.event.Click;
import io.freshet.event.Rejection;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.job.backfill.Recorded;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.example.PredictedExample;
import io.freshet.job.source.SourceRecord;
import io.freshet.join.FinalLabel;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.TableCounts;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.train.SkippedExample;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.HandedOver;
import io.freshet.train.message.ShardRequest.InitialEnd;
import io.freshet.train.message.ShardRequest.InitialRemovals;
import io.freshet.train.message.ShardRequest.InitialRows;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardRequest.Together;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.GaugeValues;
import io.freshet.train.message.ShardResponse.Rows;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every message between operators travels unchanged: with empty arrays, arrays of one element, and
 * arrays longer than the scratch buffer.
 */
final class MessagesTest {
  private static final ReplyTo REPLY_TO =
      new ReplyTo(new UUID(-3, 5), 2, "task manager 10.0.0.1:123 (process 7)");
  private static final SplittableRandom RANDOM = new SplittableRandom(1);

  static Stream<Arguments> messages() {
    return Stream.concat(
        IntStream.of(0, 1, 5000).boxed().flatMap(MessagesTest::withArrays), withoutArrays());
  }

  private static Stream<Arguments> withArrays(int n) {
    boolean[] drawn = new boolean[n];
    for (int i = 0; i < n; i += 3) {
      drawn[i] = true;
    }
    String[] ids = new String[n];
    Arrays.fill(ids, "an \u00e9");
    ExampleAttributes attributes =
        new ExampleAttributes(3, 7, longs(n), ints(n + 1), longs(2 * n), ids);
    Predictions predictions =
        new Predictions(
            longs(n),
            floats(n),
            floats(n),
            floats(n),
            3,
            1L << 40,
            longs(n),
            floats(n),
            ExampleAttributes.NONE);
    return Stream.of(
        message(ShardRequest.class, new Lookup(REPLY_TO, 4, 128, 1L << 40, 3, longs(n))),
        message(
            ShardRequest.class,
            new RowDelta(longs(n), Long.MIN_VALUE, longs(n), ints(n), ints(n), floats(22 * n))),
        message(ShardRequest.class, new Occurrences(longs(n), 5L << 40, ints(n), ints(n), drawn)),
        message(
            ShardRequest.class,
            new Together(
                List.of(new RowDelta(longs(n), 7, longs(n), ints(n), floats(22 * n))),
                List.of(),
                List.of(new Lookup(REPLY_TO, 4, 128, 1L << 40, 3, longs(n))))),
        message(
            ShardRequest.class,
            new HandedOver(REPLY_TO.channel(), 1L << 40, new long[] {Long.MIN_VALUE + n})),
        message(ShardRequest.class, new InitialRows(longs(n), longs(n), floats(17 * n))),
        message(ShardRequest.class, new InitialRemovals(longs(n))),
        message(ShardRequest.class, new InitialEnd(longs(n))),
        message(
            ShardResponse.class,
            new Rows(REPLY_TO, 1L << 40, 3, longs(n), ints(n), floats(22 * n))),
        message(ShardResponse.class, new DenseSlices(REPLY_TO, ints(n), arrays(n % 65))),
        message(MergerRequest.class, new GaugeDelta(REPLY_TO, n == 1, doubles(n))),
        message(ShardResponse.class, new GaugeValues(REPLY_TO, doubles(n))),
        message(DenseDelta.class, new DenseDelta(REPLY_TO, 8, 1L << 40, ints(n), arrays(n % 65))),
        message(Predictions.class, predictions),
        message(Predictions.class, predictions.with(attributes)),
        message(RowBlock.class, new RowBlock(longs(n), longs(n), floats(11 * n), longs(n / 2))),
        message(DenseBlock.class, new DenseBlock(1 << 20, floats(n), 1L << 40)),
        message(PublisherInput.class, new PublisherInput.Dense(new DenseBlock(64, floats(n), 9))));
  }

  private static Stream<Arguments> withoutArrays() {
    Example example = new Example(11, new long[] {-7, 8}, new float[] {1, 0.25f});
    Rejection rejection = new Rejection(Rejection.Kind.TOO_LARGE, "\u00e9".repeat(70_000));
    Metrics metrics = new Metrics(1, 2, 3, 4, 5, 6, 7, Double.NaN, 9);
    Spread spread = new Spread(new GroupedAuc(1, 2, 3, 4, 5), List.of(new Decile(1, 2, 3)));
    return Stream.of(
        message(TableCounts.class, new TableCounts(1, -2, 1L << 40, 4, 5, 6, 7)),
        message(SkippedExample.class, new SkippedExample(labeled(example), "too large")),
        message(NumberedExample.class, new NumberedExample(1L << 40, labeled(example))),
        message(
            PredictedExample.class,
            new PredictedExample("m", "i", 1, 1, 2, 0.5f, -3, 4, Optional.of("click"))),
        message(EncodedImpression.class, new EncodedImpression("a", 5, 0.5f, 0.25f, example)),
        message(Click.class, new Click("\u00e9", -1, "like")),
        message(FinalLabel.class, new FinalLabel(-5, 1L << 40, 0.25f, 2)),
        message(PublisherInput.class, new PublisherInput.Part("p", 1L << 50, "ab", 3, 4, 5)),
        message(PublisherInput.class, new PublisherInput.Gauge(TinyModel.GAUGE)),
        message(PublishedGauge.class, PublishedGauge.NONE),
        message(PublisherInput.class, new PublisherInput.Metrics(Map.of("ne", Double.NaN))),
        message(PublisherInput.class, new PublisherInput.Added(Map.of("table_rows", -3.0))),
        message(PublisherInput.class, new PublisherInput.Offset("impressions", 7, 1L << 40)),
        message(PublisherInput.class, new PublisherInput.Withheld("clicks are missing")),
        message(PublisherInput.class, new PublisherInput.SentTable("0badcafe", 3, 4)),
        message(PublisherInput.class, new PublisherInput.Window(1L << 41, 9, 9.5, 0.25, 1, 2)),
        message(
            PublisherInput.class,
            new PublisherInput.TaskWindow(
                "purchase", new PublisherInput.Window(1L << 41, 9, 9.5, 0.25, 1, 2))),
        message(MetricsReport.class, new MetricsReport(Metrics.NONE, metrics, 1, 2, 3)),
        message(
            MetricsReport.class,
            new MetricsReport(
                metrics,
                metrics,
                1,
                2,
                3,
                MetricsSeries.AT_IMPRESSION,
                Optional.of(new Slice("country", "at")),
                spread,
                spread,
                new UsersSeen(1, 2),
                "purchase")),
        clicks(new SourceRecord.Tick<>(5)),
        message(Recorded.class, new Recorded.Labeled(labeled(example))),
        message(Recorded.class, new Recorded.Acted(new Click("a", 4))),
        message(
            Recorded.class,
            new Recorded.Shown(new EncodedImpression("a", 5, 0.5f, 0.25f, example))),
        clicks(new SourceRecord.Names<>(Map.of(1L, "one"))),
        clicks(new SourceRecord.Good<>(new Click("a", 4), 4, 3, 2, 1)),
        clicks(dead(rejection, new byte[] {1, 2})),
        clicks(dead(rejection, null)),
        Arguments.of(
            WireType.of(SourceRecord.class, EncodedImpression.class),
            new SourceRecord.Good<>(
                new EncodedImpression("a", 5, 0.5f, 0.25f, example), 4, 3, 2, 1)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  <T> void everyMessageTravelsUnchanged(WireType<T> type, T message) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);

    type.serializer().serialize(message, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertThat(type.serializer().deserialize(in))
        .usingRecursiveComparison()
        .withComparatorForType(Double::compare, Double.class) // NaN is NaN
        .isEqualTo(message);
    assertThat(in.available()).isZero();
  }

  private static <T> Arguments message(Class<T> type, T message) {
    return Arguments.of(WireType.of(type), message);
  }

  private static Arguments clicks(SourceRecord<Click> record) {
    return Arguments.of(WireType.of(SourceRecord.class, Click.class), record);
  }

  private static SourceRecord<Click> dead(Rejection rejection, byte[] value) {
    return new SourceRecord.Dead<>(new DeadLetter("clicks", 3, 9, 4, rejection, value));
  }

  private static LabeledExample labeled(Example example) {
    return new LabeledExample("a", 7, 1, 2, example, Kind.CORRECTION, 0.25f, true)
        .recorded("a", Origin.REPEATED);
  }

  private static long[] longs(int n) {
    return RANDOM.longs(n).toArray();
  }

  private static double[] doubles(int n) {
    return new SplittableRandom(n).doubles(n, -1e60, 1e60).toArray();
  }

  private static int[] ints(int n) {
    return RANDOM.ints(n).toArray();
  }

  private static float[][] arrays(int n) {
    return IntStream.range(0, n).mapToObj(i -> floats(999 + i)).toArray(float[][]::new);
  }

  private static float[] floats(int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) RANDOM.nextDouble(-1, 1);
    }
    return floats;
  }
}
