package io.freshet.lab.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.simulate.Oracle.Best;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.optimizer.Sgd;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The default stream is worth learning: a good learner comes near the best, one without
 * interactions does not.
 */
class LearnabilityITCase {
  private static final long MINUTE = 60_000;
  private static final long WINDOW = 10 * MINUTE;
  private static final int BATCH = 256;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new CategoricalField("item", 2),
              new MultiField("genres", 3),
              new CategoricalField("device", 4),
              new CategoricalField("hour", 5),
              new NumericField("price", 6, new NumericField.Transform.Log())),
          "user");

  @Test
  void deepFmComesNearTheBestAndALinearModelDoesNot() {
    AdStream stream = stream(200_000);
    List<LabeledExample> examples = join(stream);

    double deepFm = excess(stream, examples, ModelSettings.DEFAULT, LearningSettings.DEFAULT);
    double linear =
        excess(stream, examples, ModelSettings.deepFm(1, List.of(), 0, 42), withoutInteractions());

    assertThat(deepFm).isBetween(1.0, 1.035);
    assertThat(linear).isGreaterThan(1.08);
  }

  @Test
  void theOracleKnowsTheExamplesOfTheJoin() {
    AdStream stream = stream(10_000);
    List<LabeledExample> examples = join(stream);

    Best best = stream.oracle().best();
    assertThat(best.examples()).isEqualTo(examples.size());
    assertThat(best.clicks()).isEqualTo(examples.stream().filter(e -> e.label() > 0).count());
    long from = examples.get(3000).time() / MINUTE * MINUTE;
    long to = from + 20 * MINUTE;
    assertThat(stream.oracle().best(from, to).examples())
        .isEqualTo(examples.stream().filter(e -> e.time() >= from && e.time() < to).count());
  }

  private static AdStream stream(long impressions) {
    return new AdStream(
        new SimulatorSettings(
            42,
            Instant.parse("2026-01-31T12:00:00Z"),
            impressions,
            4,
            Truth.DEFAULT,
            Disorder.DEFAULT.withWindow(Duration.ofMillis(WINDOW))));
  }

  /** Logloss of the last quarter, as a multiple of the best reachable. */
  private static double excess(
      AdStream stream,
      List<LabeledExample> examples,
      ModelSettings model,
      LearningSettings learning) {
    LocalLearner learner = new LocalLearner(SCHEMA, model, learning);
    long from = examples.get(examples.size() * 3 / 4).time() / MINUTE * MINUTE;
    double loss = 0;
    long count = 0;
    for (int i = 0; i < examples.size(); i += BATCH) {
      Predictions batch = learner.learn(examples.subList(i, Math.min(i + BATCH, examples.size())));
      for (int j = 0; j < batch.probabilities().length; j++) {
        if (batch.times()[j] >= from) {
          double p = batch.probabilities()[j];
          loss -= Math.log(batch.labels()[j] > 0 ? p : 1 - p);
          count++;
        }
      }
    }
    return loss / count / stream.oracle().best(from, Long.MAX_VALUE / 2).logloss();
  }

  private static LearningSettings withoutInteractions() {
    LearningSettings d = LearningSettings.DEFAULT;
    return d.withOptimizers(d.firstOrder(), new Sgd(1e-9f), d.dense());
  }

  /** The label join, written with two maps. */
  private static List<LabeledExample> join(AdStream stream) {
    ExampleEncoder encoder = new ExampleEncoder(SCHEMA);
    ImpressionDecoder impressionDecoder =
        new ImpressionDecoder(EventSettings.DEFAULT, encoder.names());
    ClickDecoder clickDecoder = new ClickDecoder(EventSettings.DEFAULT);
    Map<String, EncodedImpression> impressions = new LinkedHashMap<>();
    Map<String, Long> clicks = new HashMap<>();
    while (stream.hasNext()) {
      EventRecord record = stream.next();
      if (record.topic() == Topic.IMPRESSIONS) {
        good(impressionDecoder.decode(record.value(), record.time()))
            .flatMap((Impression impression) -> good(encoder.encode(impression)))
            .forEach(encoded -> impressions.putIfAbsent(encoded.id(), encoded));
      } else {
        good(clickDecoder.decode(record.value(), record.time()))
            .forEach((Click click) -> clicks.putIfAbsent(click.impressionId(), click.timestamp()));
      }
    }
    return impressions.values().stream()
        .map(impression -> label(impression, clicks.get(impression.id())))
        .sorted(Comparator.comparingLong(LabeledExample::time))
        .toList();
  }

  private static LabeledExample label(EncodedImpression impression, Long click) {
    long end = impression.timestamp() + WINDOW;
    boolean positive = click != null && click <= end;
    return impression.labeled(positive ? 1 : 0, positive ? click : end);
  }

  private static <T> Stream<T> good(DecodeResult<T> outcome) {
    return outcome instanceof DecodeResult.Good<T> good ? Stream.of(good.value()) : Stream.empty();
  }
}
