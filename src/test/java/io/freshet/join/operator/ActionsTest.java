package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.event.Click;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.Action;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clicks within 100 ms, likes within 50 ms, purchases within 200 ms of the click. */
final class ActionsTest {
  private static final List<Action> ACTIONS =
      List.of(
          action("click", 100, Action.IMPRESSION),
          action("like", 50, Action.IMPRESSION),
          action("purchase", 200, "click"));

  private final Recorded output = new Recorded();

  @Test
  void labelIsTheSumOfWhatHappenedInTime() {
    LocalJoin join = join(Map.of("click", 0.25f, "like", 0.5f));
    impression(join, "a", 1000);
    act(join, "a", "click", 1010);
    assertThat(output.examples).isEmpty();

    act(join, "a", "like", 1051);
    join.advanceTo(1100);

    assertThat(output.examples)
        .extracting(LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple(0.25f, 1050L));
    assertThat(output.late).containsExactly(new Click("a", 1051, "like"));
  }

  @Test
  void sumIsHeldToOneAndDecidesAsSoonAsItIsThere() {
    LocalJoin join = join(Map.of("click", 0.6f, "like", 0.7f));
    impression(join, "a", 1000);
    act(join, "a", "like", 1005);
    act(join, "a", "click", 1010);

    assertThat(output.examples)
        .extracting(LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple(1f, 1010L));
  }

  @Test
  void conversionCountsFromItsClickOn() {
    LocalJoin join = join(Map.of("purchase", 1f));
    impression(join, "a", 1000);
    act(join, "a", "click", 1090);
    join.advanceTo(1200);
    assertThat(output.examples).isEmpty();

    act(join, "a", "purchase", 1290);

    assertThat(output.examples)
        .extracting(LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple(1f, 1290L));
  }

  @Test
  void conversionWithoutAClickIsLateWhenTheClicksWindowEnds() {
    LocalJoin join = join(Map.of("purchase", 1f));
    impression(join, "a", 1000);
    act(join, "a", "purchase", 1050);
    assertThat(output.late).isEmpty();

    join.advanceTo(1100);

    assertThat(output.examples).extracting(LabeledExample::label).containsExactly(0f);
    assertThat(output.late).containsExactly(new Click("a", 1050, "purchase"));
  }

  @Test
  void conversionThatArrivesBeforeItsClickCounts() {
    LocalJoin join = join(Map.of("purchase", 1f));
    act(join, "a", "purchase", 1050);
    impression(join, "a", 1000);
    act(join, "a", "click", 1040);
    join.advanceTo(1050);

    assertThat(output.examples)
        .extracting(LabeledExample::label, LabeledExample::time)
        .containsExactly(tuple(1f, 1050L));
    assertThat(output.late).isEmpty();
  }

  @Test
  void actionsThatNobodyAskedForChangeNothing() {
    LocalJoin join = join(Map.of("click", 1f));
    act(join, "a", "view", 990);
    impression(join, "a", 1000);
    act(join, "a", "view", 1010);
    join.advanceTo(Long.MAX_VALUE);

    assertThat(output.examples).extracting(LabeledExample::label).containsExactly(0f);
    assertThat(output.late).isEmpty();
    assertThat(join.size()).isZero();
  }

  @Test
  void lateActionCorrectsByWhatItIsWorth() {
    LocalJoin join =
        join(
            Map.of("click", 0.25f, "like", 0.5f),
            LabelSettings.DEFAULT
                .withLateClicks(LateClicks.CORRECT)
                .withNegatives(1, Sampling.WEIGHT));
    impression(join, "a", 1000);
    act(join, "a", "click", 1010);
    join.advanceTo(1100);
    act(join, "a", "like", 1120);
    act(join, "a", "like", 1121);

    assertThat(output.examples)
        .extracting(LabeledExample::kind, LabeledExample::label)
        .containsExactly(tuple(Kind.DECIDED, 0.25f), tuple(Kind.CORRECTION, 0.5f));
    assertThat(output.late).hasSize(1);
  }

  @Test
  void lateConversionCorrectsOnlyWhereAClickWas() {
    LocalJoin join =
        join(Map.of("purchase", 1f), LabelSettings.DEFAULT.withLateClicks(LateClicks.CORRECT));
    impression(join, "clicked", 1000);
    act(join, "clicked", "click", 1010);
    impression(join, "ignored", 1000);
    join.advanceTo(1250);
    act(join, "clicked", "purchase", 1260);
    act(join, "ignored", "purchase", 1260);

    assertThat(output.examples)
        .extracting(LabeledExample::impressionId, LabeledExample::kind)
        .containsExactly(
            tuple("ignored", Kind.DECIDED),
            tuple("clicked", Kind.DECIDED),
            tuple("clicked", Kind.CORRECTION));
    assertThat(output.late).hasSize(2);
  }

  private LocalJoin join(Map<String, Float> weights) {
    return join(weights, LabelSettings.DEFAULT);
  }

  private LocalJoin join(Map<String, Float> weights, LabelSettings labels) {
    JoinSettings settings =
        JoinSettings.ofClicks(
                Duration.ofMillis(100),
                Duration.ofMillis(10),
                Duration.ofMinutes(1),
                Duration.ofMillis(1))
            .withDefinition(new LabelDefinition(ACTIONS, weights))
            .withLabels(labels);
    return new LocalJoin(settings, output);
  }

  private static Action action(String name, int window, String after) {
    return new Action(name, name + "s", Duration.ofMillis(window), after, Duration.ZERO);
  }

  private static void impression(LocalJoin join, String id, long timestamp) {
    join.impression(JoinHarness.encoded(id, timestamp));
  }

  /** An action; time then comes to it, so that what it tells is not held back. */
  private static void act(LocalJoin join, String id, String action, long timestamp) {
    join.click(new Click(id, timestamp, action));
    join.advanceTo(timestamp);
  }

  private static final class Recorded implements JoinOutput {
    final List<LabeledExample> examples = new ArrayList<>();
    final List<Click> late = new ArrayList<>();

    @Override
    public void example(LabeledExample example) {
      examples.add(example);
    }

    @Override
    public void lateClick(Click click) {
      late.add(click);
    }

    @Override
    public void finalLabel(FinalLabel label) {}
  }
}
