package io.freshet.serve.impressions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.serve.predict.Scored;
import io.freshet.serve.predict.Scored.ShadowVersion;
import io.freshet.serve.request.FeatureRows;
import io.freshet.snapshot.format.Version;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ImpressionLogTest {
  private static final FeatureNames NAMES =
      new FeatureNames(
          List.of("user", "genres", "price", "count", "big", "flag", "none", "empty", "topics"),
          Set.of("topics"),
          0);
  private static final Version VERSION = new Version("0badcafe", 3);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.250Z");

  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final ImpressionLog log = new ImpressionLog(kafka, "impressions");

  private static FeatureValues features() {
    Map<String, Object> features = new HashMap<>();
    features.put("user", "ü \"17\"\n");
    features.put("genres", List.of("drama", 5, true, 0.1));
    features.put("price", 1e-30);
    features.put("count", -7L);
    features.put("big", new BigInteger("90071992547409931234567"));
    features.put("flag", false);
    features.put("none", null);
    features.put("topics", Map.of("ü \"", 0.25));
    features.put("empty", List.of());
    return FeatureValues.of(NAMES, features);
  }

  /** What each feature has, but for the order in which features were read. */
  private static Map<String, List<String>> values(FeatureValues features) {
    Map<String, List<String>> values = new HashMap<>();
    for (int feature = 0; feature < NAMES.size(); feature++) {
      List<String> of = new ArrayList<>();
      int first = features.first(feature);
      for (int value = first; value < first + features.count(feature); value++) {
        of.add(
            "%s %s %s %s %s"
                .formatted(
                    features.isList(feature),
                    features.isWeighted(feature),
                    features.type(value),
                    features.text(value),
                    features.number(value)));
      }
      values.put(NAMES.name(feature), of);
    }
    return values;
  }

  private static Scored scored(String... ids) {
    return new Scored(
        NOW,
        "ads",
        Optional.of("wide"),
        VERSION,
        new FeatureRows(
            Collections.nCopies(ids.length, features()), Arrays.asList(ids), Optional.of("42")),
        new float[ids.length],
        Map.of(new ShadowVersion("next", VERSION), new float[] {0.25f, 0.5f}));
  }

  private void await(LongSupplier count, long wanted) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (count.getAsLong() != wanted) {
      assertThat(System.nanoTime()).as("%s of %s", count.getAsLong(), wanted).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void aLearnerReadsWhatWasScored() throws Exception {
    log.scored(scored(null, "a"));
    await(() -> kafka.history().size(), 1);
    ProducerRecord<byte[], byte[]> record = kafka.history().get(0);

    DecodeResult<Impression> read =
        new ImpressionDecoder(EventSettings.DEFAULT, NAMES)
            .decode(record.value(), NOW.toEpochMilli());

    assertThat(new String(record.key(), UTF_8)).isEqualTo("a");
    assertThat(read).isInstanceOf(DecodeResult.Good.class);
    assertThat(((DecodeResult.Good<Impression>) read).ignored()).isZero();
    Impression impression = ((DecodeResult.Good<Impression>) read).value();
    assertThat(impression.id()).isEqualTo("a");
    assertThat(impression.timestamp()).isEqualTo(NOW.toEpochMilli());
    assertThat(values(impression.features())).isEqualTo(values(features()));
    JsonNode served = new ObjectMapper().readTree(record.value()).path("served");
    assertThat(served.toString())
        .isEqualTo(
            "{\"endpoint\":\"ads\",\"model\":\"wide\",\"version\":\"0badcafe-0000000003\","
                + "\"score\":0.0,\"request_id\":\"42\",\"shadows\":[{\"model\":\"next\","
                + "\"version\":\"0badcafe-0000000003\",\"score\":0.5}]}");
  }

  @Test
  void candidatesThatAreNotShownAreNotKept() {
    Scored all =
        new Scored(
            NOW,
            "ads",
            Optional.empty(),
            VERSION,
            scored(null, "a", null).rows(),
            new float[] {0.1f, 0.2f, 0.3f},
            Map.of(new ShadowVersion("next", VERSION), new float[] {0.4f, 0.5f, 0.6f}));

    Scored shown = all.shown();

    assertThat(shown.rows().features()).hasSize(1);
    assertThat(shown.rows().ids()).containsExactly("a");
    assertThat(shown.scores()).containsExactly(0.2f);
    assertThat(shown.shadows().values()).containsExactly(new float[] {0.5f});
  }

  @Test
  void aLogThatIsClosedDropsAndNeverFailsAnAnswer() {
    log.close();

    log.scored(scored("a", "b"));

    assertThat(log.dropped()).isEqualTo(2);
  }

  @Test
  void whatDoesNotFitIsDroppedAndCounted() throws Exception {
    String[] most = new String[ImpressionLog.MOST];
    Arrays.fill(most, "a");
    Scored full =
        new Scored(
            NOW,
            "ads",
            Optional.empty(),
            VERSION,
            scored(most).rows(),
            new float[most.length],
            Map.of());

    log.scored(full);
    log.scored(scored("b"));
    assertThat(log.dropped()).isEqualTo(1);

    await(() -> kafka.history().size(), most.length);
    while (kafka.completeNext()) {
      // Kafka takes them
    }
    assertThat(log.written()).isEqualTo(most.length);
    log.scored(scored("c"));
    assertThat(log.dropped()).isEqualTo(1);
  }

  @Test
  void whatKafkaDoesNotTakeIsCountedAndGivesItsRoomBack() throws Exception {
    log.scored(scored("a"));
    await(() -> kafka.history().size(), 1);
    kafka.errorNext(new TimeoutException("no broker"));
    assertThat(log.failed()).isEqualTo(1);

    kafka.sendException = new TimeoutException("no topic");
    log.scored(scored("b"));
    await(log::failed, 2);
    assertThat(log.written()).isZero();
  }

  @Test
  void whatWaitsIsWrittenBeforeTheEnd() {
    log.scored(scored("a", "b"));

    log.close();

    assertThat(kafka.history()).hasSize(2);
    assertThat(kafka.closed()).isTrue();
  }
}
