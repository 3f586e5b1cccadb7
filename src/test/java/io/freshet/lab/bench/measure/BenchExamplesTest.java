package io.freshet.lab.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.learn.LocalLearner;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the benchmarks learn from. */
class BenchExamplesTest {

  @Test
  void theLargeModelTakesTheFlopsThatItsLayersHave() {
    double weights = 390 * 400 + 400 * 400 + 400 * 400 + 400;

    assertThat(Workload.large(512, 512, 1).flops()).isEqualTo(6 * weights);
  }

  @Test
  void smallNumbersAreDrawnInTheProportionsOfZipf() {
    ZipfIds ids = new ZipfIds(1_000_000, 1.05);
    SplittableRandom random = new SplittableRandom(5);
    int[] drawn = new int[4];

    for (int i = 0; i < 1_000_000; i++) {
      long id = ids.draw(random);
      assertThat(id).isBetween(0L, 999_999L);
      if (id < drawn.length) {
        drawn[(int) id]++;
      }
    }

    // the integral from 1 to 2 over that from 2 to 3 of x^-1.05
    assertThat((double) drawn[0] / drawn[1]).isCloseTo(1.74, within(0.04));
    assertThat(drawn[1]).isGreaterThan(drawn[2]);
  }

  @Test
  void examplesHaveTheBiasAndAValueForEachField() {
    Workload workload = Workload.defaults();
    List<LabeledExample> examples = new BenchExamples(workload.fields(), 1000, 1).next(200);

    for (LabeledExample example : examples) {
      long[] fids = example.example().fids();
      assertThat(fids).hasSize(40);
      for (int i = 0; i < fids.length; i++) {
        assertThat(Fids.field(fids[i])).isEqualTo(i);
      }
    }
    LocalLearner learner =
        new LocalLearner(workload.schema(), workload.model(), workload.learning());
    learner.learn(examples);
    assertThat(learner.skipped()).isZero();
  }

  @Test
  void eachIdIsHeldOnceByTheExamplesThatFillTheTable() {
    BenchExamples examples = new BenchExamples(39, 10_000, 1);

    List<LabeledExample> each = examples.each();

    Set<Long> ids = new HashSet<>();
    for (LabeledExample example : each) {
      Arrays.stream(example.example().fids())
          .skip(1)
          .forEach(id -> assertThat(ids.add(id)).isTrue());
    }
    assertThat(ids).hasSize(10_000 / 39 * 39);
    for (LabeledExample drawn : examples.next(100)) {
      assertThat(Arrays.stream(drawn.example().fids()).skip(1)).allMatch(ids::contains);
    }
  }

  /** Or a benchmark of few impressions would wait for labels that no later record decides. */
  @Test
  void fewImpressionsSpanAsMuchTimeAsWindowsWaitFor() {
    long end = 1_700_000_000_000L;
    AdEvents few = AdEvents.until(end, 1000, 3);
    AdEvents many = AdEvents.until(end, 500_000, 3);

    assertThat(few.next().get(0).time()).isEqualTo(end - 300_000);
    assertThat(few.next().get(0).time()).isEqualTo(end - 300_000 + 300);
    assertThat(many.next().get(0).time()).isEqualTo(end - 500_000);
  }

  @Test
  void everyClickComesAfterItsImpression() {
    AdEvents events = new AdEvents(1_700_000_000_000L, 3);
    Set<String> shown = new HashSet<>();
    int clicks = 0;

    for (int i = 0; i < 10_000; i++) {
      for (var event : events.next()) {
        String id = event.key().orElseThrow();
        switch (event.topic()) {
          case IMPRESSIONS -> shown.add(id);
          case CLICKS -> {
            assertThat(shown).contains(id);
            clicks++;
          }
        }
      }
    }

    assertThat(clicks).isBetween(100, 300); // frequent values decide how many
  }
}
