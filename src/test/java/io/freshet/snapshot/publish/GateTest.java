package io.freshet.snapshot.publish;

import static io.freshet.snapshot.store.TinyModel.removal;
import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.FaultyStorage.When;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.TinyModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
  private static final double NONE = GateSettings.NONE;
  private static final float[] SOUND = {1, 2};
  private static final Map<String, Double> NOTHING = Map.of();

  @TempDir Path root;
  private SampleChain chain;

  @BeforeEach
  void open() {
    chain = new SampleChain(root);
  }

  @Test
  void withoutThresholdsOnlyTheParametersAreJudged() {
    Gate gate = new Gate(GateSettings.DEFAULT);

    assertThat(gate.reasons(NOTHING, NOTHING, SOUND, List.of())).isEmpty();
    assertThat(
            gate.reasons(
                NOTHING, NOTHING, new float[] {0, Float.NEGATIVE_INFINITY}, List.of(-5L, 3L)))
        .containsExactly(
            "the dense part holds -Infinity at parameter 1",
            "2 rows hold a value that is no finite number, the first that of -5");
  }

  @Test
  void eachTaskIsHeldAgainstItsBaseRate() {
    Gate gate = new Gate(GateSettings.DEFAULT);
    Map<String, Double> metrics =
        Map.of(
            "recent_examples", 5000.0,
            "recent_ne", 0.9,
            "recent_ne_limit", 1.1,
            "purchase.recent_examples", 5000.0,
            "purchase.recent_ne", 1.25,
            "purchase.recent_ne_limit", 1.125);

    assertThat(gate.reasons(metrics, NOTHING, SOUND, List.of()))
        .containsExactly(
            "worse than the base rate: purchase.recent_ne is 1.25000, and chance explains up to"
                + " 1.12500");
  }

  @Test
  void eachThresholdHasItsReason() {
    Gate gate = new Gate(new GateSettings(true, NONE, 5, 1000, 0.5, 0.9, 0.8, 1.2));
    Map<String, Double> metrics =
        Map.of(
            "recent_examples", 999.0,
            "recent_logloss", 0.51,
            "recent_ne", 1.25,
            "recent_calibration", 0.5);

    assertThat(gate.reasons(metrics, NOTHING, SOUND, List.of()))
        .containsExactly(
            "recent_examples is 999, below 1000",
            "recent_logloss is 0.51000, above 0.5",
            "recent_ne is 1.25000, above 0.9",
            "recent_calibration is 0.50000, below 0.8");
  }

  @Test
  void theBoundsThemselvesPass() {
    Gate gate = new Gate(new GateSettings(true, NONE, 5, 10, 0.5, 0.9, 0.8, 0.8));
    Map<String, Double> metrics =
        Map.of(
            "recent_examples", 10.0,
            "recent_logloss", 0.5,
            "recent_ne", 0.9,
            "recent_calibration", 0.8);

    assertThat(gate.reasons(metrics, NOTHING, SOUND, List.of())).isEmpty();
  }

  @Test
  void whatIsNotKnownYetPassesNoThreshold() {
    assertThat(
            new Gate(new GateSettings(true, NONE, 5, 0, NONE, 0.9, NONE, NONE))
                .reasons(Map.of("recent_examples", 0.0), NOTHING, SOUND, List.of()))
        .containsExactly("recent_ne is not known yet");
  }

  @Test
  void whatIsWorseThanTheBaseRateBeyondChanceIsWithheld() {
    Gate gate = new Gate(GateSettings.DEFAULT);

    assertThat(gate.reasons(ne(1.08, 1.07), NOTHING, SOUND, List.of()))
        .containsExactly(
            "worse than the base rate: recent_ne is 1.08000, and chance explains up to 1.07000");
    assertThat(gate.reasons(ne(1.07, 1.07), NOTHING, SOUND, List.of())).isEmpty();
  }

  @Test
  void withTooFewClicksToTellNothingIsWorseThanTheBaseRate() {
    assertThat(
            new Gate(GateSettings.DEFAULT)
                .reasons(Map.of("recent_ne", 20.0), NOTHING, SOUND, List.of()))
        .isEmpty();
  }

  @Test
  void whatAddsNothingToTheBaseRateIsWithheldWhereTheCurrentVersionDid() {
    Gate gate = new Gate(GateSettings.DEFAULT);
    Map<String, Double> useful = Map.of("base_rate_weight", 0.5);
    Map<String, Double> useless = Map.of("base_rate_weight", 0.501);

    assertThat(gate.reasons(useless, useful, SOUND, List.of()))
        .containsExactly(
            "the model adds nothing to the base rate: base_rate_weight is 0.501, and 0.500 in the"
                + " current version");
    assertThat(gate.reasons(useless, useless, SOUND, List.of())).isEmpty();
    assertThat(gate.reasons(useless, NOTHING, SOUND, List.of())).isEmpty();
    assertThat(gate.reasons(useful, useful, SOUND, List.of())).isEmpty();
  }

  /** The mixture of a learner that has seen nothing trusts the base rate by its prior. */
  @Test
  void aCurrentVersionOfTheFirstExamplesSaysNothingOfTheBaseRate() {
    Gate gate = new Gate(GateSettings.DEFAULT);
    Map<String, Double> later = Map.of("base_rate_weight", 0.742);

    assertThat(gate.reasons(later, seen(0, 0), SOUND, List.of())).isEmpty();
    assertThat(gate.reasons(later, seen(600, 399), SOUND, List.of())).isEmpty();
    assertThat(gate.reasons(later, seen(600, 400), SOUND, List.of())).hasSize(1);
  }

  private static Map<String, Double> seen(double examples, double before) {
    return Map.of(
        "base_rate_weight", 0.083, "recent_examples", examples, "recent_examples_before", before);
  }

  @Test
  void theBaseRateIsNotAskedForWhereThatIsSet() {
    Gate gate = new Gate(new GateSettings(false, NONE, 5, 0, NONE, NONE, NONE, NONE));

    assertThat(gate.reasons(ne(9, 1.07), NOTHING, SOUND, List.of())).isEmpty();
  }

  private static Map<String, Double> ne(double ne, double limit) {
    return Map.of("recent_ne", ne, "recent_ne_limit", limit);
  }

  @Test
  void whereTooManyExamplesAreSkippedPublicationIsHeld() {
    Gate gate = new Gate(GateSettings.DEFAULT);

    assertThat(gate.reasons(Map.of("recent_skipped", 0.34), NOTHING, SOUND, List.of()))
        .containsExactly("too many examples are skipped: recent_skipped is 0.34000, above 0.05");
    assertThat(gate.reasons(Map.of("recent_skipped", 0.05), NOTHING, SOUND, List.of())).isEmpty();
  }

  @Test
  void aModelThatStopsBeingUsefulLeavesThePointerAtTheOneThatWas() throws Exception {
    Version first = chain.metric("base_rate_weight", 0.1).publish(1, rows(1, 10));
    chain.metric("base_rate_weight", 0.9).publish(2, rows(2, 10));
    chain.publish(3, rows(3, 10));
    assertThat(chain.store.latest()).contains(first);

    Version fourth = chain.metric("base_rate_weight", 0.2).publish(4, rows(4, 10));
    assertThat(chain.store.latest()).contains(fourth);
  }

  @Test
  void aWithheldVersionIsWrittenAndThePointerStays() throws Exception {
    chain
        .gate(new GateSettings(true, NONE, 5, 0, 0.5, NONE, NONE, NONE))
        .metric("recent_logloss", 0.4);
    Version first = chain.publish(1, rows(1, 10));
    Version second = chain.metric("recent_logloss", 0.6).publish(2, rows(2, 20));

    assertThat(chain.store.latest()).contains(first);
    assertThat(chain.store.manifest(second).withheld())
        .containsExactly("recent_logloss is 0.60000, above 0.5");
    assertThat(chain.reader.verify(second).problems()).isEmpty();

    Version third = chain.metric("recent_logloss", 0.45).publish(3, rows(3, 30));

    assertThat(chain.store.latest()).contains(third);
    assertThat(chain.store.manifest(third).parent()).contains(second);
    assertThat(chain.reader.load(third).fids()).containsExactly(10, 20, 30);
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void beforeTheFirstThatPassesThereIsNoPointer() throws Exception {
    chain.gate(new GateSettings(true, NONE, 5, 100, NONE, NONE, NONE, NONE));
    chain.publish(1, rows(1, 10));

    assertThat(chain.store.latest()).isEmpty();
    assertThat(chain.store.versions()).hasSize(1);
  }

  /** As of a far store, where each time is a request, or several. */
  @Test
  void lookingForRowsThatAreNoNumbersReadsEachPartOnce() throws Exception {
    Map<String, Integer> opened = new ConcurrentHashMap<>();
    FaultyStorage far =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          @Override
          public InputStream open(String path) throws IOException {
            opened.merge(path, 1, Integer::sum);
            return super.open(path);
          }
        };
    RowBlock sick = rows(2, 20, 30);
    sick.values()[0] = Float.NaN;

    Version version = chain.publish(far, TinyModel.TEMPLATE, 1, rows(1, 10), sick, rows(3, 40));

    assertThat(chain.store.manifest(version).nonFinite()).containsExactly(20L);
    opened.keySet().removeIf(path -> path.endsWith(".json"));
    assertThat(opened).hasSize(3).allSatisfy((path, times) -> assertThat(times).isOne());
  }

  @Test
  void aRowThatIsNoNumberWithholdsEveryVersionUntilItIsReplacedOrRemoved() throws Exception {
    RowBlock sick = rows(2, 20, 30);
    sick.values()[0] = Float.NaN;
    sick.values()[4] = Float.POSITIVE_INFINITY;
    Version first = chain.publish(1, rows(1, 10, 20, 30));
    Version second = chain.publish(2, sick);
    Version third = chain.publish(3, rows(3, 10, 20));

    assertThat(chain.store.manifest(second).nonFinite()).containsExactly(20L, 30L);
    assertThat(chain.store.manifest(third).nonFinite()).containsExactly(30L);
    assertThat(chain.store.latest()).contains(first);

    Version fourth = chain.publish(4, removal(rows(4), 30));

    assertThat(chain.store.manifest(fourth).isWithheld()).isFalse();
    assertThat(chain.store.latest()).contains(fourth);
    assertThat(chain.problems()).isEmpty(); // the second's sick rows are known, and replaced
  }

  @Test
  void aPersonMovesThePointerToAWithheldVersionOnlyKnowingly() throws Exception {
    chain.publish(1, rows(1, 10));
    chain.gate(new GateSettings(true, NONE, 5, 100, NONE, NONE, NONE, NONE));
    Version second = chain.publish(2, rows(2, 20));
    Pointer pointer = new Pointer(chain.storage, chain::now);

    assertThatThrownBy(() -> pointer.pin(second, "I want it", false))
        .hasMessage("version %s is withheld: recent_examples is 0, below 100".formatted(second));
    assertThat(chain.store.pin()).isEmpty();

    pointer.pin(second, "I want it", true);
    assertThat(chain.store.latest()).contains(second);
  }

  @Test
  void unpinningGoesToTheNewestThatPassed() throws Exception {
    Version first = chain.publish(1, rows(1, 10));
    Version second = chain.publish(2, rows(2, 20));
    chain.gate(new GateSettings(true, NONE, 5, 100, NONE, NONE, NONE, NONE));
    chain.publish(3, rows(3, 30));
    Pointer pointer = new Pointer(chain.storage, chain::now);
    pointer.pin(first, "frozen", false);

    assertThat(pointer.unpin("thawed")).isEqualTo(second);
    assertThat(chain.store.latest()).contains(second);
  }

  @Test
  void aMergedFullOfAWithheldVersionIsWithheldToo() throws Exception {
    chain.publish(1, rows(1, 10));
    chain.gate(new GateSettings(true, NONE, 5, 100, NONE, NONE, NONE, NONE));
    Version second = chain.publish(2, rows(2, 20));

    assertThat(Compaction.of(chain.storage).merge(second).orElseThrow().isWithheld()).isTrue();
  }
}
