package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.learn.BatchLearner;
import io.freshet.model.learn.PlainLearner;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.RowLayout;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.table.cache.RowCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The course of batches, without a trainer around them. */
final class InFlightBatchTest {
  private static final ModelSettings MODEL = ModelSettings.deepFm(4, List.of(), 0, 42);
  private static final LearningSettings LEARNING = LearningSettings.DEFAULT;
  private static final RowLayout LAYOUT = new RowLayout(MODEL, LEARNING);
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");
  private static final int BATCH = 30;

  private final InFlightBatches batches =
      new InFlightBatches(
          () ->
              new InFlightBatch(
                  new MiniBatch(),
                  new ShardGroups(2, 16, 7),
                  LAYOUT.packing(),
                  new FieldRules(TableSettings.OFF)));
  private final BatchLearner learner =
      PlainLearner.of(
          SyntheticExamples.SCHEMA,
          MODEL,
          LEARNING,
          LAYOUT,
          DenseParameters.start(SyntheticExamples.SCHEMA.size(), MODEL, LEARNING.dense()));
  private final FakeShards shards = new FakeShards(LAYOUT);
  private final Queue<Lookup> lookups = new ArrayDeque<>();
  private final List<RowDelta> deltas = new ArrayList<>();

  @Test
  void rowsPulledBeforeAnOwnDeltaEndUpAsRowsPulledAfterIt() {
    for (int batch = 0; batch < 6; batch++) {
      InFlightBatchTest oneByOne = new InFlightBatchTest();
      InFlightBatchTest inFlight = new InFlightBatchTest();

      for (int i = 0; i <= batch; i++) {
        oneByOne.lookUp(i);
        oneByOne.receive();
        oneByOne.learn();
        inFlight.lookUp(i);
        if (i % 3 == 0) {
          inFlight.receive(); // the others arrive later, pulled before what is learned meanwhile
        }
      }
      inFlight.receive();
      for (int i = 0; i <= batch; i++) {
        inFlight.learn();
      }

      assertThat(inFlight.deltas).usingRecursiveComparison().isEqualTo(oneByOne.deltas);
    }
  }

  @Test
  void manyBatchesInFlightLearnAsOneAfterTheOther() {
    InFlightBatchTest oneByOne = new InFlightBatchTest();
    for (int i = 0; i < 40; i++) {
      oneByOne.lookUp(i);
      oneByOne.receive();
      oneByOne.learn();
    }

    for (int i = 0; i < 40; i++) {
      if (batches.inFlight() == 4) {
        learn();
      }
      lookUp(i);
      receive();
    }
    while (batches.hasComplete()) {
      learn();
    }

    assertThat(shards.updates).isEqualTo(oneByOne.shards.updates);
    assertThat(shards.rows).usingRecursiveComparison().isEqualTo(oneByOne.shards.rows);
  }

  @Test
  void theBaseOfADeltaCountsWhatItsOwnTrainerAddedSinceThePull() {
    lookUp(0);
    lookUp(1);
    receive();
    learn();
    Map<Long, Long> afterTheFirst = new HashMap<>(shards.updates);

    learn();

    for (RowDelta delta : deltas) {
      for (int i = 0; i < delta.fids().length; i++) {
        assertThat(delta.base()[i])
            .isEqualTo(
                deltas.indexOf(delta) < firstDeltas()
                    ? 0
                    : afterTheFirst.getOrDefault(delta.fids()[i], 0L));
      }
    }
  }

  @Test
  void isCompleteWithItsLastPart() {
    lookUp(0);
    assertThat(lookups.size()).isGreaterThan(2);

    while (!lookups.isEmpty()) {
      assertThat(batches.hasComplete()).isFalse();
      accept(shards.respond(lookups.remove()));
    }

    assertThat(batches.hasComplete()).isTrue();
  }

  @Test
  void aBatchWaitsForThoseBeforeIt() {
    lookUp(0);
    List<Lookup> first = new ArrayList<>(lookups);
    lookups.clear();
    lookUp(1);

    receive();

    assertThat(batches.hasComplete()).isFalse();
    first.forEach(lookup -> accept(shards.respond(lookup)));
    assertThat(batches.takeComplete().number()).isEqualTo(1);
  }

  @Test
  void rowsForABatchThatIsNotOpenAreABrokenInvariant() {
    assertThatThrownBy(() -> batches.opened(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("rows for batch 3, which is not open");
  }

  @ParameterizedTest
  @CsvSource({"1, 1, true", "1, 2, false", "-1, 2, true", "1, -1, false"})
  void ownChangesAreAddedToTheSameGenerationAndThoseOfNewRowsToAny(
      int first, int second, boolean added) {
    lookUp(0);
    receive(first);
    lookUp(1);
    receive(second);
    Set<Long> inBoth = new HashSet<>();
    learn();
    deltas.forEach(delta -> Arrays.stream(delta.fids()).forEach(inBoth::add));
    deltas.clear();

    learn();

    int shared = 0;
    for (RowDelta delta : deltas) {
      assertThat(delta.generations()).containsOnly(second);
      for (int i = 0; i < delta.fids().length; i++) {
        boolean isShared = inBoth.contains(delta.fids()[i]);
        assertThat(delta.base()[i] > 0).isEqualTo(isShared && added);
        shared += isShared ? 1 : 0;
      }
    }
    assertThat(shared).isPositive();
  }

  @Test
  void ofFeaturesWithoutRowsOnlyTheirOccurrencesAreSent() {
    lookUp(0);
    while (!lookups.isEmpty()) {
      Lookup lookup = lookups.remove();
      long[] absent = new long[lookup.fids().length];
      int[] generations = new int[absent.length];
      Arrays.fill(absent, Rows.ABSENT);
      Arrays.fill(generations, RowCache.NEW);
      accept(new Rows(REPLY_TO, lookup.batch(), lookup.part(), absent, generations, new float[0]));
    }
    InFlightBatch batch = batches.takeComplete();
    Map<Long, Long> occurrences = new HashMap<>();

    Predictions predictions = batch.learn(learner);
    batch.sendChanges(
        request -> {
          Occurrences seen = (Occurrences) request;
          for (int i = 0; i < seen.fids().length; i++) {
            occurrences.put(seen.fids()[i], (long) seen.counts()[i]);
          }
        });

    assertThat(predictions.probabilities()).containsOnly(0.5f);
    assertThat(occurrences).isEqualTo(SyntheticExamples.occurrences(5, BATCH));
  }

  private int firstDeltas() {
    return (int) deltas.stream().filter(delta -> delta.time() < 1000L * BATCH).count();
  }

  private void lookUp(int batch) {
    for (int i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
      batches.filling().examples.add(SyntheticExamples.example(5, i));
    }
    InFlightBatch taken = batches.takeFilling();
    batches.open(taken);
    taken.lookUp(REPLY_TO, 2, 16, request -> lookups.add((Lookup) request));
  }

  private void receive() {
    while (!lookups.isEmpty()) {
      accept(shards.respond(lookups.remove()));
    }
  }

  /** Responds with rows of one generation. */
  private void receive(int generation) {
    while (!lookups.isEmpty()) {
      Rows rows = shards.respond(lookups.remove());
      int[] generations = new int[rows.updates().length];
      Arrays.fill(generations, generation);
      accept(
          new Rows(
              REPLY_TO, rows.batch(), rows.part(), rows.updates(), generations, rows.values()));
    }
  }

  private void accept(Rows rows) {
    batches.opened(rows.batch()).accept(rows);
  }

  private void learn() {
    InFlightBatch batch = batches.takeComplete();
    batch.learn(learner);
    batch.sendChanges(
        request -> {
          deltas.add((RowDelta) request);
          shards.add((RowDelta) request);
        });
    batches.keep(batch);
  }
}
