package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small stream through the job: what {@code bench quality} does with all of them. */
class JobPassITCase {
  private static final int EXAMPLES = 6000;

  private static QualityStream stream;
  private static QualityFigures local;

  @BeforeAll
  static void learnLocally() throws Exception {
    PlantedData data = new PlantedData();
    data.truth = true;
    data.base = .1;
    data.strength = 2;
    data.categories = 9;
    data.numbers = 0;
    stream = new QualityStream("short", data, List.of(), "", List.of(), Map.of());
    local = stream.learn(QualityStream.LOCAL, List.of(), EXAMPLES);
  }

  @Test
  void oneTrainerIsTheLocalLearnerToTheLastDigit() throws Exception {
    assertThat(stream.learn(1, List.of(), EXAMPLES)).isEqualTo(local);
  }

  @Test
  void twoTrainersPredictEveryExample() throws Exception {
    QualityFigures two = stream.learn(2, List.of(), EXAMPLES);

    assertThat(two.examples()).isEqualTo(EXAMPLES);
    assertThat(two.skipped()).isZero();
    assertThat(two.logloss()).isCloseTo(local.logloss(), within(.05));
  }
}
