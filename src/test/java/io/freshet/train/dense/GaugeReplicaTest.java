package io.freshet.train.dense;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelKind;
import io.freshet.model.Safeguards;
import io.freshet.model.gauge.Gauge;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.ReplyTo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class GaugeReplicaTest {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(List.of(new CategoricalField("user", 1)), "user");
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");

  private final List<GaugeDelta> sent = new ArrayList<>();
  private final Gauge gauge = new Gauge(SCHEMA, ModelKind.DEEPFM, Safeguards.ON, false);

  @Test
  void afterARestoreTheFirstRequestFetchesTheBlock() {
    GaugeReplica replica = replica(false, false);

    replica.fetch();
    replica.fetch();
    replica.send();

    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).added()).isEmpty();
    assertThat(replica.isReady()).isFalse();
    replica.accept(block(7));
    assertThat(replica.isReady()).isTrue();
    assertThat(gauge.values()).containsOnly(7);
  }

  @Test
  void withoutStateItIsReadyAndFetchesNothing() {
    GaugeReplica replica = replica(false, true);

    replica.fetch();

    assertThat(replica.isReady()).isTrue();
    assertThat(sent).isEmpty();
  }

  @Test
  void beforeTheFirstExampleItSendsNothing() {
    replica(false, true).send();

    assertThat(sent).isEmpty();
  }

  @Test
  void sendsWhatWasAddedAndKeepsWhatIsAddedMeanwhile() {
    GaugeReplica replica = replica(false, true);
    replica.fetch();
    add(2);

    replica.send();
    add(3);
    replica.send(); // waits for the response
    replica.accept(block(10));

    assertThat(sent).extracting(GaugeDelta::isWhole).containsExactly(false);
    assertThat(sent.get(0).added()).containsOnly(2);
    assertThat(gauge.values()).containsOnly(13);
    replica.send();
    assertThat(sent.get(1).added()).containsOnly(3);
  }

  @Test
  void whatTheOwnerForgotIsForgottenHereToo() {
    GaugeReplica replica = replica(false, true);
    replica.fetch();
    add(20_000);
    replica.send();

    replica.accept(block(10_000));

    assertThat(gauge.values()).containsOnly(10_000);
  }

  @Test
  void theOnlyTrainerSendsItsSumsAndKeepsThem() {
    GaugeReplica replica = replica(true, false);
    replica.fetch();
    replica.accept(block(0.1));
    add(0.2);

    replica.send();
    double[] own = gauge.values().clone();
    replica.accept(block(0.4));

    assertThat(sent).allMatch(GaugeDelta::isWhole);
    assertThat(sent.get(1).added()).isEqualTo(own);
    assertThat(gauge.values()).isEqualTo(own);
  }

  private GaugeReplica replica(boolean alone, boolean ready) {
    return new GaugeReplica(gauge, REPLY_TO, alone, ready, sent::add);
  }

  private void add(double more) {
    Arrays.setAll(gauge.values(), i -> gauge.values()[i] + more);
  }

  private double[] block(double value) {
    double[] block = new double[gauge.values().length];
    Arrays.fill(block, value);
    return block;
  }
}
