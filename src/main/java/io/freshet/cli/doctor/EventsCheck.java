package io.freshet.cli.doctor;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.config.LearnerConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.EventVersion;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.RejectedException;
import io.freshet.event.Rejection;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.mapping.EventMapping;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import io.freshet.event.registry.RecordParsers;
import io.freshet.feature.ExampleEncoder;
import io.freshet.kafka.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads the newest impressions as the learner does: whether they are impressions, and have the
 * features that the configuration names. A misspelled name stops nothing, and teaches nothing.
 */
final class EventsCheck {
  private static final int NEWEST = 200; // of each partition
  private static final int MOST_NAMES = 20;
  private static final Duration LEAD = Duration.ofMinutes(1);

  private final LearnerConfig config;
  private final FeatureNames names;
  private final RecordParser parser;
  private final ImpressionDecoder decoder;
  private final ExampleEncoder encoder;
  private final FieldsCheck fields;
  private final Instant now;
  private final NumbersCheck numbers;
  private final Set<String> missing = new TreeSet<>();
  private final Set<String> unnamed = new TreeSet<>();
  private int good;
  private int bad;
  private String firstBad = "";
  private int ahead;
  private int positives;

  private EventsCheck(LearnerConfig config, Instant now) throws IOException {
    this.config = config;
    this.now = now;
    encoder = new ExampleEncoder(config.features());
    names = encoder.names();
    fields = new FieldsCheck(names);
    EventSettings events = config.events();
    parser =
        RecordParsers.ofImpressions(
            events.withSchemas(events.schemas().withoutPatience()), lookups -> {});
    decoder = new ImpressionDecoder(events, names, parser);
    numbers = new NumbersCheck(config.features());
    config.features().fields().stream()
        .filter(field -> !field.isFilled())
        .forEach(field -> missing.addAll(field.rawNames()));
  }

  /** Finds nothing for a topic that is empty. */
  static List<Finding> run(LearnerConfig config, Instant now) throws InterruptedException {
    String topic = config.kafka().topics().impressions();
    try (TopicReader reader = new TopicReader(config.kafka().clients(), topic, NEWEST)) {
      EventsCheck check = new EventsCheck(config, now);
      reader.readToEnd(check::look);
      return check.findings();
    } catch (UncheckedIOException e) { // of the schemas
      return List.of(
          unreadable(e.getCause(), "see what is said of events.registry and events.schemas"));
    } catch (IOException e) {
      return List.of(unreadable(e, "see that this client may read the topic"));
    }
  }

  private static Finding unreadable(IOException why, String remedy) {
    return Finding.warning(
        "events", "the newest impressions cannot be read: " + why.getMessage(), remedy);
  }

  private void look(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return; // a tombstone
    }
    RecordHeaders headers =
        name -> {
          Header header = record.headers().lastHeader(name);
          return header == null ? null : header.value();
        };
    DecodeResult<Impression> outcome =
        EventVersion.refusal(headers.last(EventVersion.HEADER))
            .<DecodeResult<Impression>>map(DecodeResult.Rejected::new)
            .orElseGet(() -> decoder.decode(record.value(), headers, record.timestamp()));
    if (outcome instanceof DecodeResult.Rejected<Impression> rejected) {
      addBad(rejected.rejection(), record);
    } else if (outcome instanceof DecodeResult.Good<Impression> impression) {
      if (encoder.encode(impression.value()) instanceof DecodeResult.Rejected<?> rejected) {
        addBad(rejected.rejection(), record);
        return;
      }
      addGood(impression.value());
      if (impression.ignored() > 0) {
        addUnnamed(record.value(), headers);
      }
    }
  }

  private void addBad(Rejection why, ConsumerRecord<byte[], byte[]> record) {
    if (bad++ == 0) {
      firstBad =
          "%s (partition %s, offset %s)"
              .formatted(why.reason(), record.partition(), record.offset());
    }
  }

  private void addGood(Impression impression) {
    good++;
    FeatureValues features = impression.features();
    numbers.look(features, names);
    fields.look(features);
    missing.removeIf(name -> features.count(names.indexOf(name)) > 0);
    ahead += impression.timestamp() > now.plus(LEAD).toEpochMilli() ? 1 : 0;
    positives += impression.label() > 0 ? 1 : 0;
  }

  /** Adds the names of features that nobody asked for, of a record that is good. */
  private void addUnnamed(byte[] value, RecordHeaders headers) {
    boolean isMapped = config.events().impressionMapping().isGiven();
    parser.parse(
        value,
        headers,
        record -> {
          for (String key = record.nextFieldName(); key != null; key = record.nextFieldName()) {
            JsonToken token = record.nextToken();
            if (isMapped) {
              unnamed.add(key);
            } else if (key.equals("features") && token == JsonToken.START_OBJECT) {
              addNames(record);
              continue;
            }
            record.skipChildren();
          }
          return new DecodeResult.Good<>(isMapped, 0);
        });
    unnamed.removeIf(name -> names.indexOf(name) >= 0 || isMapped(name));
  }

  private void addNames(Tokens object) throws IOException, RejectedException {
    for (String key = object.nextFieldName(); key != null; key = object.nextFieldName()) {
      unnamed.add(key);
      object.nextToken();
      object.skipChildren();
    }
  }

  /** Whether a path of the mapping begins at this key of a record. */
  private boolean isMapped(String key) {
    EventMapping mapping = config.events().impressionMapping();
    return mapping.isGiven()
        && (key.equals("features")
            || Stream.concat(
                    Stream.of(
                        mapping.id(), mapping.timestamp(), mapping.own(), mapping.label().path()),
                    config.events().featurePaths().values().stream())
                .anyMatch(path -> path.steps().get(0).name().equals(key)));
  }

  private List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (bad > 0) {
      String text =
          String.format(
              Locale.ROOT,
              "%,d of the newest %,d impressions are none; one: %s",
              bad,
              good + bad,
              firstBad);
      String remedy =
          "mend what writes them; the learner puts such records into topic "
              + config.kafka().topics().deadLetters();
      findings.add(
          good == 0
              ? Finding.problem("events", text, remedy)
              : Finding.warning("events", text, remedy));
    }
    if (good > 0) {
      findings.add(features());
      findings.addAll(fields.findings());
      findings.addAll(numbers.findings());
      if (config.events().impressionMapping().label().isGiven()) {
        findings.add(labels());
      }
    }
    if (ahead > 0) {
      findings.add(
          Finding.warning(
              "times",
              String.format(
                  Locale.ROOT,
                  "%,d of the newest %,d impressions are ahead of this machine's clock, by their"
                      + " own times",
                  ahead,
                  good),
              "set the clocks of what writes them and of this machine by NTP; they wait until"
                  + " then"));
    }
    return findings;
  }

  private Finding labels() {
    String text =
        String.format(
            Locale.ROOT,
            "%.1f %% of the newest %,d impressions are positives",
            100.0 * positives / good,
            good);
    return positives > 0 && positives < good
        ? Finding.ok("label", text)
        : Finding.warning("label", text, "a model learns from both: see events.impressions.label");
  }

  private Finding features() {
    String also =
        String.join(", ", unnamed.stream().limit(MOST_NAMES).toList())
            + (unnamed.size() > MOST_NAMES ? ", …" : "");
    if (!missing.isEmpty()) {
      return Finding.warning(
          "features",
          String.format(
              Locale.ROOT,
              "none of the newest %,d impressions has %s",
              good,
              String.join(", ", missing)),
          "see that the name is that of the events, or give its path (from)"
              + (also.isEmpty() ? "" : "; the events also have: " + also));
    }
    return Finding.ok(
        "features",
        String.format(
            Locale.ROOT,
            "each is in some of the newest %,d impressions%s",
            good,
            also.isEmpty() ? "" : "; not configured: " + also));
  }
}
