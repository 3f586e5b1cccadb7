package io.freshet.lab.chaos;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.Impression;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.ExampleEncoder;
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
 * What a run must have made of the records in Kafka: a plain oracle without time, state or
 * concurrency. It reads both topics whole and knows each impression's clicks before it decides.
 *
 * <p>It holds where records come in time (a record is behind the newest of its partition by no more
 * than the bound), and so where no impression is late.
 */
final class Expected {
  private final LearnerConfig config;
  private final Map<String, EncodedImpression> impressions = new LinkedHashMap<>();
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Long> firstClicks = new HashMap<>();
  private final Set<String> deadLetters = new HashSet<>();

  /** Where an impression was first read. */
  record Place(String partition, long offset) {}

  Expected(LearnerConfig config) {
    this.config = config;
  }

  /** Takes the records of both topics. */
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

  /** Impressions that were clicked within their window. */
  long positives() {
    return impressions.values().stream().filter(this::isClicked).count();
  }

  private boolean isClicked(EncodedImpression impression) {
    Long click = firstClicks.get(impression.id());
    return click != null && click <= impression.timestamp() + config.join().window().toMillis();
  }

  /** Ids of the clicks that change no label: too late, or without an impression. */
  Set<String> lateClicks() {
    Set<String> late = new HashSet<>(firstClicks.keySet());
    late.removeIf(id -> impressions.containsKey(id) && isClicked(impressions.get(id)));
    return late;
  }

  /** Keys of the dead letters. */
  Set<String> deadLetters() {
    return Set.copyOf(deadLetters);
  }

  /** Training occurrences of each feature. */
  Occurrences occurrences() {
    Occurrences all = new Occurrences();
    impressions.values().forEach(impression -> all.add(impression.example().fids()));
    return all;
  }

  /** The same, of no more than the impressions before these offsets. */
  Occurrences occurrencesBefore(Map<String, Long> offsets) {
    return occurrences(offsets, impression -> true);
  }

  /** The same, of those impressions before these offsets whose window has ended by then. */
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

  /** How often each feature occurs. */
  static final class Occurrences {
    private final LongIndex index = new LongIndex(1 << 12);
    private long[] counts = new long[1 << 12];
    private long total;

    private void add(long[] fids) {
      for (long fid : fids) {
        int at = index.add(fid);
        if (at == counts.length) {
          counts = Arrays.copyOf(counts, 2 * at);
        }
        counts[at]++;
      }
      total += fids.length;
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
