package io.freshet.lab.labels;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.lab.simulate.AdStream;
import io.freshet.lab.simulate.Oracle;
import io.freshet.lab.simulate.SimulatorSettings;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A simulated stream, decoded and encoded once so that many runs can learn from it: impressions and
 * clicks in the order in which they happen, and of each impression what no learner knows.
 *
 * <p>Click delays are exponential: those within the window are drawn cut off there, and the share
 * that such a law has beyond it comes late.
 *
 * @param schema what learners see of an impression
 * @param events impressions and clicks, by time
 * @param truths of each impression, by its key
 */
public record LabelTraffic(FeatureSchema schema, List<Object> events, Map<Long, Secret> truths) {

  /**
   * A stream.
   *
   * @param impressions how many; the second half is measured
   * @param perSecond impressions in a second of event time
   * @param clickRate share of the impressions that are clicked, however late
   * @param drift turns of tastes in a day of event time
   * @param hour whether learners see the hour of the day, which reveals when an example is from
   */
  public record Conditions(
      long seed,
      long impressions,
      double perSecond,
      double clickRate,
      double drift,
      boolean hour) {}

  /**
   * When an impression was shown, the probability of a click within the window, and whether one
   * came.
   */
  public record Secret(long time, double probability, boolean clicked) {}

  /** Makes a stream with this mean delay of clicks, which count within the window. */
  public static LabelTraffic of(Conditions conditions, Duration delay, Duration window) {
    double late = Math.exp(-(double) window.toMillis() / delay.toMillis());
    Truth d = Truth.DEFAULT;
    SimulatorSettings settings =
        new SimulatorSettings(
            conditions.seed(),
            Instant.parse("2026-01-31T12:00:00Z"),
            conditions.impressions(),
            conditions.perSecond(),
            new Truth(
                d.users(),
                d.items(),
                d.skew(),
                conditions.clickRate(),
                d.interaction(),
                conditions.drift()),
            new Disorder(delay, window, late, 0, Duration.ZERO, 0, 0));
    LabelTraffic traffic =
        new LabelTraffic(schema(conditions.hour()), new ArrayList<>(), new HashMap<>());
    AdStream stream = new AdStream(settings, new Oracle(Duration.ofHours(1)), traffic::witness);
    traffic.read(stream);
    return traffic;
  }

  private static FeatureSchema schema(boolean hour) {
    List<Field> fields = new ArrayList<>();
    fields.add(new CategoricalField("user", 1));
    fields.add(new CategoricalField("item", 2));
    fields.add(new MultiField("genres", 3));
    fields.add(new CategoricalField("device", 4));
    fields.add(new NumericField("price", 6, new NumericField.Transform.Log()));
    if (hour) {
      fields.add(new CategoricalField("hour", 5));
    }
    return new FeatureSchema(fields, "user");
  }

  private void witness(String id, long time, double probability, boolean clicked) {
    truths.put(ImpressionHash.key(id), new Secret(time, probability, clicked));
  }

  private void read(AdStream stream) {
    ExampleEncoder encoder = new ExampleEncoder(schema);
    ImpressionDecoder impressions = new ImpressionDecoder(EventSettings.DEFAULT, encoder.names());
    ClickDecoder clicks = new ClickDecoder(EventSettings.DEFAULT);
    while (stream.hasNext()) {
      EventRecord record = stream.next();
      if (record.topic() == Topic.IMPRESSIONS) {
        Impression impression = good(impressions.decode(record.value(), record.time()));
        events.add(good(encoder.encode(impression)));
      } else {
        events.add(good(clicks.decode(record.value(), record.time())));
      }
    }
  }

  private static <T> T good(DecodeResult<T> outcome) {
    if (outcome instanceof DecodeResult.Good<T> good) {
      return good.value();
    }
    throw new IllegalStateException("the simulator made a bad record: " + outcome);
  }

  /** The time from which the second half of the impressions is shown. */
  long middle() {
    return truths.values().stream()
        .mapToLong(Secret::time)
        .sorted()
        .skip(truths.size() / 2)
        .findFirst()
        .orElseThrow();
  }

  public Secret truth(String impression) {
    return truths.get(ImpressionHash.key(impression));
  }

  public static long time(Object event) {
    return event instanceof EncodedImpression impression
        ? impression.timestamp()
        : ((Click) event).timestamp();
  }
}
