package io.freshet.train.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse.DenseSlices;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

final class DenseReplicaTest {
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");
  private static final int FIELDS = 2;
  private static final OptimizerSettings ADAGRAD = new Adagrad(0.1f, 0.1f);

  private final List<DenseDelta> sent = new ArrayList<>();
  private int slices;

  @Test
  void theFirstRequestFetchesTheWeights() {
    DenseParameters parameters = parameters(3);
    DenseReplica replica = replica(parameters, 5, 1);

    replica.requestOnce();

    assertThat(replica.isReady()).isFalse();
    assertThat(replica.isOpen()).isTrue();
    assertThat(sent).allMatch(delta -> delta.deltas().length == 0 && delta.examples() == 0);
    respondToAll(replica, parameters, 7.5f);
    assertThat(replica.isReady()).isTrue();
    assertThat(replica.isOpen()).isFalse();
    assertThat(plane(parameters, 0)).containsOnly(7.5f);
    assertThat(plane(parameters, 1)).containsOnly(7.5f);
  }

  @Test
  void requestsTheWeightsOnce() {
    DenseReplica replica = replica(parameters(3), 1, 1);

    replica.requestOnce();
    replica.requestOnce();

    assertThat(sent).hasSize(1);
  }

  @Test
  void isReadyWithItsLastSlice() {
    DenseParameters parameters = parameters(3);
    DenseReplica replica = replica(parameters, 9, 3);
    replica.requestOnce();
    assertThat(sent.size()).isGreaterThan(1);

    DenseDelta last = sent.remove(sent.size() - 1);
    respondToAll(replica, parameters, 1);
    assertThat(replica.isReady()).isFalse();
    sent.add(last);
    respondToAll(replica, parameters, 1);

    assertThat(replica.isReady()).isTrue();
  }

  @Test
  void sendsItsChangeSinceTheLastExchange() {
    DenseParameters parameters = parameters(3);
    DenseReplica replica = ready(parameters, 4, 2);
    move(parameters, 0.25f);
    replica.learned(60);
    replica.learned(40);
    assertThat(replica.pending()).isEqualTo(100);

    replica.send();

    assertThat(replica.pending()).isZero();
    assertThat(sent).allMatch(delta -> delta.examples() == 100);
    assertThat(sent.stream().flatMapToInt(delta -> Arrays.stream(delta.slices())))
        .containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(sent).allSatisfy(delta -> assertThat(deltas(delta)).containsOnly(0.25f));
  }

  @Test
  void whatItLearnedMeanwhileIsAddedToTheMergedSlices() {
    DenseParameters parameters = parameters(3);
    DenseReplica replica = ready(parameters, 4, 2);
    move(parameters, 0.25f);
    replica.send();
    move(parameters, 0.5f);

    respondToAll(replica, parameters, 8);

    assertThat(plane(parameters, 0)).containsOnly(8.5f);
    assertThat(plane(parameters, 1)).containsOnly(8.5f);
    replica.send();
    assertThat(deltas(sent.get(0))).containsOnly(0.5f);
  }

  @Test
  void slotsThatDecayStayItsOwn() {
    DenseParameters parameters =
        DenseParameters.start(
            FIELDS,
            ModelSettings.deepFm(4, List.of(3), 0, 42),
            new Adam(0.1f, 0.9f, 0.99f, 1e-8f, 0));
    DenseReplica replica = replica(parameters, 4, 2);
    move(parameters, 0.75f);
    float[] slots = plane(parameters, 2);
    replica.requestOnce();
    respondToAll(replica, parameters, 1);
    move(parameters, 0.25f);

    replica.send();

    assertThat(sent).allSatisfy(delta -> assertThat(deltas(delta)).containsOnly(0.25f));
    assertThat(sent.stream().mapToInt(delta -> deltas(delta).length).sum())
        .isEqualTo(parameters.size());
    respondToAll(replica, parameters, 8);
    assertThat(plane(parameters, 0)).containsOnly(8);
    assertThat(plane(parameters, 2)[0]).isEqualTo(slots[0] + 0.25f);
  }

  @Test
  void anOnlyReplicaKeepsItsValuesAndSendsThem() {
    DenseParameters parameters = parameters(3);
    DenseReplica replica = ready(parameters, 4, 1);
    move(parameters, 0.25f);
    float alone = plane(parameters, 0)[0];
    replica.send();

    respondToAll(replica, parameters, alone + 0.5f);

    assertThat(plane(parameters, 0)).containsOnly(alone);
    replica.send();
    assertThat(sent).hasSize(1);
    assertThat(deltas(sent.get(0))).hasSize(2 * parameters.size()).containsOnly(alone);
  }

  @Test
  void aParameterThatIsNotFiniteTakesTheMergedValue() {
    DenseParameters parameters = parameters(3);
    DenseReplica replica = ready(parameters, 4, 2);
    parameters.write(0, 0, 2, new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 0);
    replica.send();
    move(parameters, 0.5f);

    respondToAll(replica, parameters, 8);

    assertThat(plane(parameters, 0)).startsWith(8, 8, 8.5f);
  }

  @Test
  void oneRequestIsOpenAtATime() {
    DenseReplica replica = replica(parameters(3), 4, 1);
    replica.requestOnce();

    assertThatThrownBy(replica::send)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a dense request is open: 4 slices");
  }

  @Test
  void anUntouchedReplicaHasNothingToSend() {
    DenseReplica replica = replica(parameters(3), 4, 1);

    replica.sendIfRequested();

    assertThat(sent).isEmpty();
    assertThat(replica.isOpen()).isFalse();
  }

  @Test
  void withoutADensePartItIsAlwaysReadyAndSendsNothing() {
    DenseReplica replica = replica(parameters(), 64, 2);
    assertThat(replica.isReady()).isTrue();

    replica.requestOnce();
    replica.learned(10);
    replica.send();
    replica.send();

    assertThat(sent).isEmpty();
    assertThat(replica.isOpen()).isFalse();
    assertThat(replica.pending()).isZero();
  }

  @Test
  void everySliceGoesToItsMergerInMessagesOfBoundedSize() {
    DenseParameters parameters = parameters(1000, 1000);
    DenseReplica replica = replica(parameters, 64, 4);
    replica.requestOnce();
    respondToAll(replica, parameters, 1);

    replica.send();

    Set<Integer> slices = new HashSet<>();
    for (DenseDelta delta : sent) {
      assertThat(deltas(delta).length).isBetween(1, 1 << 16);
      assertThat(
              Arrays.stream(delta.slices())
                  .map(s -> KeyGroupRangeAssignment.assignKeyToParallelOperator(s, 16, 4))
                  .distinct())
          .hasSize(1);
      Arrays.stream(delta.slices()).forEach(s -> assertThat(slices.add(s)).isTrue());
    }
    assertThat(slices).hasSize(64);
    assertThat(sent.stream().mapToInt(delta -> deltas(delta).length).sum())
        .isEqualTo(2 * parameters.size());
  }

  private DenseReplica ready(DenseParameters parameters, int slices, int trainers) {
    DenseReplica replica = replica(parameters, slices, trainers);
    replica.requestOnce();
    respondToAll(replica, parameters, 1);
    return replica;
  }

  private DenseReplica replica(DenseParameters parameters, int slices, int trainers) {
    this.slices = slices;
    return new DenseReplica(parameters, slices, REPLY_TO, trainers, 16, this::send);
  }

  /** Copies the message, as Flink does. */
  private void send(DenseDelta delta) {
    float[][] deltas = Arrays.stream(delta.deltas()).map(float[]::clone).toArray(float[][]::new);
    sent.add(
        new DenseDelta(
            delta.replyTo(), delta.trainers(), delta.examples(), delta.slices(), deltas));
  }

  private static float[] deltas(DenseDelta delta) {
    int n = Arrays.stream(delta.deltas()).mapToInt(part -> part.length).sum();
    FloatBuffer all = FloatBuffer.allocate(n);
    Arrays.stream(delta.deltas()).forEach(all::put);
    return all.array();
  }

  /** Responds to every open request with slices of one value. */
  private void respondToAll(DenseReplica replica, DenseParameters parameters, float value) {
    DenseSlicing slicing = new DenseSlicing(parameters.size(), slices);
    for (DenseDelta delta : sent) {
      float[][] merged = new float[delta.slices().length][];
      for (int i = 0; i < merged.length; i++) {
        merged[i] = new float[parameters.mergedPlanes() * slicing.length(delta.slices()[i])];
        Arrays.fill(merged[i], value);
      }
      replica.accept(new DenseSlices(delta.replyTo(), delta.slices(), merged));
    }
    sent.clear();
  }

  private static void move(DenseParameters parameters, float by) {
    for (int plane = 0; plane < parameters.planes(); plane++) {
      float[] moved = plane(parameters, plane);
      for (int i = 0; i < moved.length; i++) {
        moved[i] += by;
      }
      parameters.write(plane, 0, moved.length, moved, 0);
    }
  }

  private static float[] plane(DenseParameters parameters, int plane) {
    float[] values = new float[parameters.size()];
    parameters.read(plane, 0, values.length, values, 0);
    return values;
  }

  private static DenseParameters parameters(Integer... hidden) {
    return DenseParameters.start(FIELDS, ModelSettings.deepFm(4, List.of(hidden), 0, 42), ADAGRAD);
  }
}
