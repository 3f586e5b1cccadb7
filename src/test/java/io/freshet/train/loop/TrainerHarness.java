package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.row.RowLayout;
import io.freshet.train.LoopSettings;
import io.freshet.train.TrainSettings;
import io.freshet.train.dense.DenseSlicing;
import io.freshet.train.feedback.FeedbackChannels;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardRequest.Together;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.message.ShardResponse.GaugeValues;
import io.freshet.wire.WireType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * One trainer, whose messages to shards and mergers wait until the test responds to them, at once
 * or by mails that run when the trainer waits.
 */
@SuppressWarnings("try") // close() may be interrupted; tests pass that on
public final class TrainerHarness
    extends OneInputStreamOperatorTestHarness<LabeledExample, Predictions> {
  final FakeShards shards;
  final List<RowDelta> rowDeltas = new ArrayList<>();
  final List<DenseDelta> denseDeltas = new ArrayList<>();
  private double[] gauge; // as one trainer sends it
  private final MailboxExecutor mailbox;
  private final DenseParameters dense;
  private final DenseSlicing slicing;

  public TrainerHarness(ModelSettings model, TrainSettings settings) throws Exception {
    this(SyntheticExamples.SCHEMA, model, settings);
  }

  public TrainerHarness(FeatureSchema schema, ModelSettings model, TrainSettings settings)
      throws Exception {
    super(
        new Trainer(LoopSettings.of(schema, model, settings)),
        WireType.of(LabeledExample.class).serializer());
    shards = new FakeShards(new RowLayout(model, settings.learning()));
    gauge = new Gauge(schema, model.kind(), settings.learning().safeguards(), true).values();
    dense = DenseParameters.start(schema.size(), model, settings.learning().dense().merged());
    slicing = new DenseSlicing(dense.size(), settings.denseSlices());
    mailbox = mockTask.getMailboxExecutorFactory().createExecutor(0);
    setup(WireType.of(Predictions.class).serializer());
    trainer().setMailboxExecutor(mailbox);
  }

  Trainer trainer() {
    return (Trainer) operator;
  }

  /** Copies the shards of another trainer, and sets the dense part of the mergers. */
  public void continueFrom(TrainerHarness earlier, float[] parameters) {
    shards.rows.putAll(earlier.shards.rows);
    shards.updates.putAll(earlier.shards.updates);
    gauge = earlier.gauge;
    dense.write(0, 0, parameters.length, parameters, 0);
  }

  /** All that was predicted, in order. */
  public float[] probabilities() {
    List<Float> all = new ArrayList<>();
    for (Predictions some : extractOutputValues()) {
      for (float probability : some.probabilities()) {
        all.add(probability);
      }
    }
    float[] probabilities = new float[all.size()];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = all.get(i);
    }
    return probabilities;
  }

  /** Sends examples in the order of their numbers. */
  public void examples(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      LabeledExample example = SyntheticExamples.example(1, i);
      processElement(example, example.time());
    }
  }

  void onceItWaits(Runnable action) {
    mailbox.execute(action::run, "test");
  }

  void abortOnceItWaits(long checkpoint) {
    mailbox.execute(() -> trainer().notifyCheckpointAborted(checkpoint), "test");
  }

  /** Responds while the trainer waits. */
  public void respondOnceItWaits() {
    respondInTurns(100);
  }

  private void respondInTurns(int turns) {
    if (turns > 0) {
      onceItWaits(
          () -> {
            respond();
            respondInTurns(turns - 1);
          });
    }
  }

  /** Responds to what was sent, and lets the trainer take the responses. */
  public void respondToAll() {
    while (!messages(Trainer.SHARDS).isEmpty() || !messages(Trainer.MERGERS).isEmpty()) {
      respond();
      while (mailbox.tryYield()) {
        // until there is no mail
      }
    }
  }

  private void respond() {
    respondWithRows();
    respondWithSlices();
  }

  void respondWithRows() {
    Queue<StreamRecord<ShardRequest>> requests = messages(Trainer.SHARDS);
    while (!requests.isEmpty()) {
      single(requests.poll().getValue()).forEach(this::respond);
    }
  }

  private void respond(ShardRequest request) {
    if (request instanceof Lookup lookup) {
      assertThat(FeedbackChannels.deliver(shards.respond(lookup))).isTrue();
    } else if (request instanceof RowDelta delta) {
      shards.add(delta);
      rowDeltas.add(delta);
    }
  }

  private static Stream<ShardRequest> single(ShardRequest request) {
    return request instanceof Together several ? several.messages().stream() : Stream.of(request);
  }

  void respondWithSlices() {
    Queue<StreamRecord<MergerRequest>> requests = messages(Trainer.MERGERS);
    while (!requests.isEmpty()) {
      MergerRequest request = requests.poll().getValue();
      if (request instanceof DenseDelta delta) {
        denseDeltas.add(delta);
        assertThat(FeedbackChannels.deliver(merged(delta))).isTrue();
      } else if (request instanceof GaugeDelta delta) {
        gauge = delta.added().length > 0 ? delta.added() : gauge;
        assertThat(FeedbackChannels.deliver(new GaugeValues(delta.replyTo(), gauge))).isTrue();
      }
    }
  }

  /** As one trainer's merger: everything is added. */
  private DenseSlices merged(DenseDelta delta) {
    float[][] merged = new float[delta.slices().length][];
    for (int s = 0; s < merged.length; s++) {
      int slice = delta.slices()[s];
      int n = slicing.length(slice);
      merged[s] = new float[dense.planes() * n];
      for (int plane = 0; plane < dense.planes(); plane++) {
        dense.read(plane, slicing.from(slice), n, merged[s], plane * n);
      }
      for (int i = 0; i < merged[s].length && delta.deltas().length > 0; i++) {
        merged[s][i] += delta.deltas()[s][i];
      }
      for (int plane = 0; plane < dense.planes(); plane++) {
        dense.write(plane, slicing.from(slice), n, merged[s], plane * n);
      }
    }
    return new DenseSlices(delta.replyTo(), delta.slices(), merged);
  }

  /** Numbers of the batches whose lookups wait for a response. */
  List<Long> lookedUp() {
    return messages(Trainer.SHARDS).stream()
        .flatMap(record -> single(record.getValue()))
        .filter(Lookup.class::isInstance)
        .map(request -> ((Lookup) request).batch())
        .distinct()
        .toList();
  }

  /** The channel that its requests carry. */
  UUID channel() {
    return ((DenseDelta) messages(Trainer.MERGERS).element().getValue()).replyTo().channel();
  }

  boolean isSilent() {
    return messages(Trainer.SHARDS).isEmpty() && messages(Trainer.MERGERS).isEmpty();
  }

  int predicted() {
    return extractOutputValues().stream().mapToInt(Predictions::size).sum();
  }

  private <T> Queue<StreamRecord<T>> messages(OutputTag<T> tag) {
    Queue<StreamRecord<T>> messages = getSideOutput(tag);
    return messages == null ? new ArrayDeque<>() : messages;
  }
}
