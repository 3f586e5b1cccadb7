package io.freshet.lab.chaos;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.Impression;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.Fids;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.model.batch.LongIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a run must make of the records in Kafka: an oracle without time, state or concurrency, which
 * reads both topics completely and knows each impression's clicks before it decides.
 *
 * <p>It assumes that records come in time (behind the newest of their partition by no more than the
 * bound), so that no impression is late.
 */
final class Expected {
  private final LearnerConfig config;
  private final Map<String, EncodedImpression> impressions = new LinkedHashMap<>();
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Long> firstClicks = new HashMap<>();
  private final Set<String> deadLetters = new HashSet<>();

  /** The first record of an impression. */
  record Place(String partition, long offset) {}

  Expected(LearnerConfig config) {
    this.config = config;
  }

  static Expected of(
      LearnerConfig config,
      Iterable<ConsumerRecord<byte[], byte[]>> impressions,
      Iterable<ConsumerRecord<byte[], byte[]>> clicks) {
    Expected expected = new Expected(config);
    expected.takeImpressions(impressions);
    expected.takeClicks(clicks);
    return expected;
  }

  private void takeImpressions(Iterable<ConsumerRecord<byte[], byte[]>> records) {
    var encoder = new ExampleEncoder(config.features());
    var decoder = new ImpressionDecoder(config.events(), encoder.names());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      DecodeResult<Impression> decoded = decoder.decode(record.value(), record.timestamp());
      if (decoded instanceof DecodeResult.Good<Impression> good
          && encoder.encode(good.value()) instanceof DecodeResult.Good<EncodedImpression> encoded) {
        impressions.putIfAbsent(encoded.value().id(), encoded.value());
        places.putIfAbsent(
            encoded.value().id(),
            new Place(record.topic() + "-" + record.partition(), record.offset()));
      } else {
        deadLetters.add(place(record));
      }
    }
  }

  private void takeClicks(Iterable<ConsumerRecord<byte[], byte[]>> records) {
    var decoder = new ClickDecoder(config.events());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (decoder.decode(record.value(), record.timestamp())
          instanceof DecodeResult.Good<Click> good) {
        firstClicks.merge(good.value().impressionId(), good.value().timestamp(), Math::min);
      } else {
        deadLetters.add(place(record));
      }
    }
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "-" + record.offset();
  }

  long examples() {
    return impressions.size();
  }

  /** Impressions clicked within their window. */
  long positives() {
    return impressions.values().stream().filter(this::isClicked).count();
  }

  private boolean isClicked(EncodedImpression impression) {
    Long click = firstClicks.get(impression.id());
    return click != null && click <= impression.timestamp() + config.join().window().toMillis();
  }

  /** Clicks that change no label: too late, or without an impression. */
  Set<String> lateClicks() {
    Set<String> late = new HashSet<>(firstClicks.keySet());
    late.removeIf(id -> impressions.containsKey(id) && isClicked(impressions.get(id)));
    return late;
  }

  Set<String> deadLetters() {
    return Set.copyOf(deadLetters);
  }

  Occurrences occurrences() {
    Occurrences all = new Occurrences();
    impressions.values().forEach(impression -> all.add(impression.example().fids()));
    return all;
  }

  /** Of the impressions before these offsets. */
  Occurrences occurrencesBefore(Map<String, Long> offsets) {
    return occurrences(offsets, impression -> true);
  }

  /** Of the impressions before these offsets whose window has ended by then. */
  Occurrences occurrencesDecided(Map<String, Long> offsets, Instant eventTime) {
    Duration atMost = config.join().window().plus(config.join().timerBucket());
    long latest = eventTime.minus(atMost).toEpochMilli();
    return occurrences(offsets, impression -> impression.timestamp() < latest);
  }

  private Occurrences occurrences(Map<String, Long> offsets, Predicate<EncodedImpression> counted) {
    Occurrences before = new Occurrences();
    impressions.forEach(
        (id, impression) -> {
          Place place = places.get(id);
          if (place.offset() < offsets.getOrDefault(place.partition(), 0L)
              && counted.test(impression)) {
            before.add(impression.example().fids());
          }
        });
    return before;
  }

  static final class Occurrences {
    private final LongIndex index = new LongIndex(1 << 12);
    private long[] counts = new long[1 << 12];
    private long total;

    private void add(long[] fids) {
      for (long fid : fids) {
        add(fid, 1);
        if (Fids.isNumber(fid)) {
          add(knots(fid), 2);
        }
      }
    }

    private void add(long fid, int times) {
      int at = index.add(fid);
      if (at == counts.length) {
        counts = Arrays.copyOf(counts, 2 * at);
      }
      counts[at] += times;
      total += times;
    }

    /** One id for all knots of a number's field: which two they are depends on what came before. */
    private static long knots(long number) {
      return Fids.knot(Fids.field(number), 0);
    }

    long of(long fid) {
      int at = index.find(fid);
      return at < 0 ? 0 : counts[at];
    }

    long total() {
      return total;
    }

    Map<Long, Long> asMap() {
      Map<Long, Long> map = new TreeMap<>();
      for (int i = 0; i < index.size(); i++) {
        map.put(index.key(i), counts[i]);
      }
      return map;
    }
  }
}
