package io.freshet.lab.bench.quality;

import io.freshet.lab.bench.quality.PlantedData.Tail;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Streams and learners drawn at random: whatever is drawn, the model must not be worse than none.
 */
final class RandomStreams {
  private static final List<String> LAYERS =
      List.of("64", "128, 64", "200, 200", "400, 400", "400, 400, 400");

  private static final List<Integer> TRAINERS = List.of(QualityStream.LOCAL, 1, 4, 8);

  private final SplittableRandom random;
  private final boolean local;

  /**
   * @param local whether all are for the single-thread learner
   */
  RandomStreams(long seed, boolean local) {
    random = new SplittableRandom(seed);
    this.local = local;
  }

  List<QualityStream> draw(int n) {
    List<QualityStream> streams = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      streams.add(draw("random-" + i));
    }
    return streams;
  }

  private QualityStream draw(String name) {
    PlantedData data = data();
    int step = (int) power(8, 2048);
    List<String> settings =
        List.of(
            "model.hidden-layers=[%s]".formatted(LAYERS.get(random.nextInt(LAYERS.size()))),
            "model.embedding-size=" + (int) power(4, 32),
            "train.batch-size=" + (int) power(8, 2048),
            "train.step-size=" + step,
            "train.dense.step-size=" + step);
    Bounds bounds = new Bounds();
    bounds.rel = 1.01;
    bounds.nats = 5.0;
    bounds.worst = 1.07;
    int trainers = TRAINERS.get(random.nextInt(TRAINERS.size()));
    return new QualityStream(
        name,
        data,
        List.of(),
        "",
        settings,
        Map.of(local ? QualityStream.LOCAL : trainers, bounds));
  }

  private PlantedData data() {
    PlantedData data = new PlantedData();
    int fields = (int) power(5, 100);
    data.examples = 12_000 + random.nextInt(29_000);
    data.numbers = random.nextInt(fields);
    data.categories = fields - data.numbers;
    data.truth = random.nextInt(3) > 0;
    data.strength = random.nextBoolean() ? 1 : .5;
    data.tail = Tail.values()[random.nextInt(Tail.values().length)];
    data.base = power(.005, .5);
    data.scale = power(1e-3, 1e4);
    data.offset = random.nextInt(3) == 0 ? power(1, 1e5) : 0;
    data.shift = random.nextInt(3) == 0 ? power(1e-4, 1e4) : 1;
    data.seed = random.nextLong(1 << 20);
    return data;
  }

  /** Even in the logarithm. */
  private double power(double least, double most) {
    return least * Math.pow(most / least, random.nextDouble());
  }
}
