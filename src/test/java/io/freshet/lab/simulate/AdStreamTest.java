package io.freshet.lab.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.Impression;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdStreamTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final long WINDOW = 600_000;
  private static final Disorder DISORDER =
      new Disorder(
          Duration.ofMinutes(1),
          Duration.ofMillis(WINDOW),
          0.02,
          0.2,
          Duration.ofSeconds(10),
          0.03,
          0.05);

  @Test
  void theSameSeedGivesTheSameStream() {
    List<EventRecord> first = records(stream(7, 2000));

    assertThat(records(stream(7, 2000)))
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(first);
    assertThat(records(stream(8, 2000)))
        .usingRecursiveFieldByFieldElementComparator()
        .isNotEqualTo(first);
  }

  @Test
  void countsSayWhatTheStreamHolds() {
    AdStream stream = stream(1, 5000);
    Decoded decoded = decode(stream);
    StreamCounts counts = stream.counts();

    assertThat(counts.impressions()).isEqualTo(5000).isEqualTo(decoded.impressions.size());
    assertThat(counts.clicks() + counts.lateClicks()).isEqualTo(decoded.clicks.size());
    assertThat(counts.lateClicks()).isEqualTo(decoded.late()).isPositive();
    assertThat(counts.duplicates()).isEqualTo(decoded.duplicates).isPositive();
    assertThat(counts.malformed()).isEqualTo(decoded.rejected);
    assertThat(counts.records()).isEqualTo(decoded.records);
  }

  @Test
  void theExpectedNumberOfRecordsIsNearTheTrueOne() {
    SimulatorSettings settings =
        new SimulatorSettings(3, START, 10_000, 4, Truth.DEFAULT, DISORDER);

    assertThat((double) records(new AdStream(settings)).size())
        .isCloseTo(settings.expectedRecords(), withinPercentage(4));
  }

  @Test
  void theShareOfMalformedRecordsIsAsAsked() {
    AdStream stream = stream(2, 20_000);
    records(stream);

    assertThat(stream.counts().malformed()).isCloseTo(1000, within(120L));
  }

  @Test
  void everyKindOfMalformedRecordIsRejected() {
    for (Malformation kind : Malformation.values()) {
      for (Topic topic : Topic.values()) {
        long time = START.toEpochMilli();
        EventRecord bad =
            new EventRecord(topic, Optional.empty(), time, kind.bytes(topic, "id", time));

        assertThat(new Decoded().rejects(bad)).as("%s in %s", kind, topic).isTrue();
      }
    }
  }

  @Test
  void anySixtyFourImpressionsAreOfFortyUsers() {
    UserPopulation users = new UserPopulation(100, 1, new SplittableRandom(3));
    List<Integer> drawn = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      drawn.add(users.next());
    }

    for (int i = 0; i + UserPopulation.WINDOW <= drawn.size(); i++) {
      assertThat(new HashSet<>(drawn.subList(i, i + UserPopulation.WINDOW)))
          .hasSizeGreaterThanOrEqualTo(UserPopulation.DISTINCT);
    }
  }

  @Test
  void recordsComeOutOfOrderWithinTheBound() {
    long newest = Long.MIN_VALUE;
    long furthest = 0;
    for (EventRecord record : records(stream(4, 5000))) {
      newest = Math.max(newest, record.time());
      furthest = Math.max(furthest, newest - record.time());
    }

    assertThat(furthest).isBetween(8_000L, 10_000L);
  }

  @Test
  void clicksComeInTheWindowOrClearlyAfterIt() {
    Decoded decoded = decode(stream(5, 20_000));
    List<Long> inTime = decoded.delays().stream().filter(d -> d <= WINDOW).toList();

    assertThat(decoded.delays()).allMatch(d -> d > 0 && d < WINDOW || d > WINDOW + 30_000);
    assertThat(inTime.stream().mapToLong(d -> d).average().orElseThrow())
        .isCloseTo(60_000, within(3000.0));
  }

  @Test
  void clicksAreAsFrequentAsTheTruthSays() {
    AdStream stream = stream(6, 30_000);
    records(stream);

    Oracle.Best best = stream.oracle().best();
    assertThat(best.examples()).isEqualTo(30_000);
    assertThat(best.clicks()).isEqualTo(stream.counts().clicks());
    assertThat((double) best.clicks() / best.examples()).isCloseTo(0.2 * 0.98, within(0.02));
    assertThat(best.auc()).isBetween(0.7, 0.85);
  }

  @Test
  void eventTimeRunsAsFastAsAsked() {
    AdStream stream = stream(9, 4000);
    List<EventRecord> all = records(stream);

    assertThat(all.get(0).time()).isCloseTo(START.toEpochMilli(), within(12_000L));
    assertThat(all.stream().filter(r -> r.topic() == Topic.IMPRESSIONS).toList())
        .last()
        .satisfies(
            r -> assertThat(r.time()).isCloseTo(START.toEpochMilli() + 1_000_000, within(12_000L)));
  }

  @Test
  void aWrongSettingIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Truth(64, 10, 0.8, 0.2, 1, 0))
        .withMessage("users: 64 is not more than 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Truth(100, 10, 0.8, 1.2, 1, 0))
        .withMessageContaining("click rate: 1.2");
  }

  private static AdStream stream(long seed, long impressions) {
    return new AdStream(
        new SimulatorSettings(seed, START, impressions, 4, Truth.DEFAULT, DISORDER));
  }

  private static List<EventRecord> records(AdStream stream) {
    List<EventRecord> records = new ArrayList<>();
    stream.forEachRemaining(records::add);
    return records;
  }

  private static Decoded decode(AdStream stream) {
    Decoded decoded = new Decoded();
    stream.forEachRemaining(decoded::add);
    return decoded;
  }

  /** What the job's own decoders make of the records. */
  private static final class Decoded {
    private final ImpressionDecoder impressionDecoder =
        new ImpressionDecoder(EventSettings.DEFAULT, new FeatureNames(List.of("user", "item")));
    private final ClickDecoder clickDecoder = new ClickDecoder(EventSettings.DEFAULT);
    final Map<String, Long> impressions = new HashMap<>();
    final Map<String, Long> clicks = new HashMap<>();
    long records;
    long duplicates;
    long rejected;

    void add(EventRecord record) {
      records++;
      if (rejects(record)) {
        rejected++;
      }
    }

    boolean rejects(EventRecord record) {
      return record.topic() == Topic.IMPRESSIONS ? !impression(record) : !click(record);
    }

    long late() {
      return delays().stream().filter(d -> d > WINDOW).count();
    }

    List<Long> delays() {
      return clicks.entrySet().stream()
          .map(e -> e.getValue() - impressions.get(e.getKey()))
          .toList();
    }

    private boolean impression(EventRecord record) {
      return impressionDecoder.decode(record.value(), record.time())
              instanceof DecodeResult.Good<Impression> good
          && count(impressions, good.value().id(), record);
    }

    private boolean click(EventRecord record) {
      return clickDecoder.decode(record.value(), record.time())
              instanceof DecodeResult.Good<Click> good
          && count(clicks, good.value().impressionId(), record);
    }

    private boolean count(Map<String, Long> seen, String id, EventRecord record) {
      if (seen.put(id, record.time()) != null) {
        duplicates++;
      }
      return true;
    }
  }
}
