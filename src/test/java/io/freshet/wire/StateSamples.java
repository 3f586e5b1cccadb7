package io.freshet.wire;

import io.freshet.evaluate.operator.AtImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.feature.history.ActionHistory;
import io.freshet.job.source.SourceOffset;
import io.freshet.join.ActionTimes;
import io.freshet.join.JoinEntry;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.join.operator.SubtaskState;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.CheckpointContents;
import io.freshet.snapshot.publish.PublisherState;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.train.dense.LocalOptimizerState;
import io.freshet.train.dense.StoredGauge;
import io.freshet.train.dense.StoredSlice;
import io.freshet.train.table.cache.StoredRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Values of each version of a state format, in which no two components are equal. */
final class StateSamples {
  private static final Example EXAMPLE =
      new Example(
          -11,
          new long[] {0, 1L << 52, 2L << 52 | 1, 2L << 52 | 0xABCDEF0123456L, 9L << 52 | 77},
          new float[] {1, 1, 0.3f, 0.5f, 0.5f});
  private static final LabeledExample LABELED =
      new LabeledExample(
              "impression \u00e9", 1L << 41, 0.25f, 3, EXAMPLE, Kind.CORRECTION, 0.75f, true)
          .recorded("impression \u00e9", Origin.REPEATED);
  private static final ActionTimes ACTIONS = ActionTimes.NONE.with(0, 5).with(2, -6);

  private static final PublishedGauge GAUGE =
      new PublishedGauge(
          List.of(new NumberScale(1, 1.25, 0.5), new NumberScale(0, -2, 3)),
          -2.5,
          List.of(new Expert(0.5, 0, 0.125, -1), new Expert(0, 1, 0.875, 0.375)));

  private StateSamples() {}

  static List<Object> of(String id, int version) {
    return switch (id) {
      case "action-history" ->
          List.of(
              new ActionHistory(new long[] {1L << 40, 1L << 41}, new long[] {77, 1L << 51}),
              new ActionHistory(new long[0], new long[0]));
      case "deferred-example" -> List.of(new DeferredExample(1L << 40, LABELED));
      case "dense-optimizer-state" ->
          List.of(new LocalOptimizerState.Stored("a shape", new float[] {0.5f, -1}));
      case "dense-slice" -> List.of(new StoredSlice(64, 1L << 40, new float[] {0.5f, -1}));
      case "gauge" -> List.of(new StoredGauge(new int[] {3, 7}, new double[] {0.5, 1e60, 0}));
      case "embedding-row" ->
          List.of(
              new StoredRow(7, 1L << 40, 9, new float[] {0.5f, -1}),
              new StoredRow(1, -1, 0, new float[] {0.25f}),
              StoredRow.absent(2, -5));
      case "example" -> List.of(EXAMPLE, new Example(3, new long[0], new float[0]));
      case "impression-score-half" ->
          List.of(
              new AtImpression.Predicted(-9, 0.125f), new AtImpression.Labeled(9, 1L << 41, 1, 2));
      case "join-entry" ->
          List.of(
              new JoinEntry.EarlyClick(ACTIONS),
              new JoinEntry.Waiting(1L << 40, 0.5f, EXAMPLE, ACTIONS, true, false),
              new JoinEntry.Waiting(8, 2, EXAMPLE, ActionTimes.NONE, false, true),
              new JoinEntry.Decided(1L << 40, 129, Optional.empty()),
              new JoinEntry.Decided(7, 1, Optional.of(new JoinEntry.Features(0.5f, EXAMPLE))));
      case "join-subtask" ->
          List.of(
              new SubtaskState(
                  1,
                  2,
                  1L << 40,
                  -3,
                  List.of("click", "like"),
                  new long[] {4, 5},
                  new double[] {0.5},
                  new double[] {-1, 1}));
      case "labeled-example" -> everyKindAndOrigin();
      case "publisher-state" -> List.of(publisherState(version));
      case "source-offset" -> List.of(new SourceOffset("clicks", 3, 1L << 40));
      default -> List.of();
    };
  }

  private static List<Object> everyKindAndOrigin() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Origin.values()).map(origin -> of(kind, origin)))
        .toList();
  }

  private static Object of(Kind kind, Origin origin) {
    return new LabeledExample(kind + "", 7, 0.25f, 3, EXAMPLE, kind, 0.75f, false, origin);
  }

  private static PublisherState publisherState(int version) {
    PublishedGauge gauge = version == 1 ? PublishedGauge.NONE : GAUGE;
    CheckpointContents contents =
        new CheckpointContents(
            7,
            List.of(new PublisherInput.Part("p", 1, "ab", 2, 3, 4)),
            Optional.of(new CheckpointContents.Dense(new float[] {0.5f, -1}, 6, gauge)),
            Map.of("auc", 0.75),
            Map.of("clicks-0", 5L),
            99,
            true);
    return new PublisherState(
        "0badcafe",
        "a run",
        8,
        Optional.of(new Version("0badcafe", 6)),
        List.of(contents),
        version >= 3,
        List.of(new PublisherInput.Window(60, 10, 11, 2, 0.5, 1.25)),
        "2;3;0;1,2");
  }
}
