package io.freshet.lab.chaos.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.lab.stream.EventRecord;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Utils;

/**
 * Two producers of the stream whose clocks disagree: one may be ahead, of the other and of reality,
 * and stamps its events and their Kafka records accordingly.
 *
 * <p>Each has half the users and, where topics have an even number of partitions, half the
 * partitions of each topic to itself. So no event is behind the others of its partition by more
 * than before, and which are in time is certain. Thread-safe.
 */
public final class ProducerClocks implements UnaryOperator<EventRecord> {
  private static final Pattern TIMESTAMP = Pattern.compile("(\"timestamp\":)(\\d{13})(?!\\d)");

  private final AtomicLong aheadMillis = new AtomicLong();

  /** Sets the clock of the first producer forward. */
  void advance(Duration by) {
    aheadMillis.addAndGet(by.toMillis());
  }

  @Override
  public EventRecord apply(EventRecord event) {
    long ahead = aheadMillis.get();
    if (ahead == 0 || !isOfTheFirst(event)) {
      return event;
    }
    String text = new String(event.value(), ISO_8859_1);
    Matcher timestamp = TIMESTAMP.matcher(text);
    String shifted =
        timestamp.replaceFirst(found -> found.group(1) + (Long.parseLong(found.group(2)) + ahead));
    return new EventRecord(
        event.topic(), event.key(), event.time() + ahead, shifted.getBytes(ISO_8859_1));
  }

  /** By the hash that chooses the partition. */
  private static boolean isOfTheFirst(EventRecord event) {
    return event.key().filter(key -> Utils.murmur2(key.getBytes(UTF_8)) % 2 == 0).isPresent();
  }
}
