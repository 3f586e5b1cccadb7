package io.freshet.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventFormat;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.Rejection;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.event.mapping.EventMapping;
import io.freshet.feature.ExampleEncoder;
import io.freshet.kafka.TopicReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the newest impressions as the learner does: whether they are impressions, and have the
 * features that the configuration names. A misspelled name stops nothing, and teaches nothing.
 */
final class EventsCheck {
  private static final int NEWEST = 200; // of each partition
  private static final int MOST_NAMES = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LearnerConfig config;
  private final FeatureNames names;
  private final ImpressionDecoder decoder;
  private final NumbersCheck numbers;
  private final Set<String> missing = new TreeSet<>();
  private final Set<String> unnamed = new TreeSet<>();
  private int good;
  private int bad;
  private String firstBad = "";

  private EventsCheck(LearnerConfig config) {
    this.config = config;
    names = new ExampleEncoder(config.features()).names();
    decoder = new ImpressionDecoder(config.events(), names);
    numbers = new NumbersCheck(config.features());
    IntStream.range(0, names.size()).mapToObj(names::name).forEach(missing::add);
  }

  /** Finds nothing for a topic that is empty, or not JSON. */
  static List<Finding> run(LearnerConfig config) throws InterruptedException {
    if (config.events().impressions() != EventFormat.JSON) {
      return List.of();
    }
    EventsCheck check = new EventsCheck(config);
    String topic = config.kafka().topics().impressions();
    try (TopicReader reader = new TopicReader(config.kafka().clients(), topic, NEWEST)) {
      reader.readToEnd(check::look);
    } catch (IOException e) {
      return List.of(
          Finding.warning(
              "events",
              "the newest impressions cannot be read: " + e.getMessage(),
              "see that this client may read the topic"));
    }
    return check.findings();
  }

  private void look(ConsumerRecord<byte[], byte[]> record) {
    DecodeResult<Impression> outcome = decoder.decode(record.value(), record.timestamp());
    if (outcome instanceof DecodeResult.Good<Impression> impression) {
      good++;
      FeatureValues features = impression.value().features();
      numbers.look(features, names);
      missing.removeIf(name -> features.count(names.indexOf(name)) > 0);
      if (impression.ignored() > 0) {
        addUnnamed(record.value());
      }
    } else if (outcome instanceof DecodeResult.Rejected<Impression> rejected && bad++ == 0) {
      Rejection why = rejected.rejection();
      firstBad =
          "%s (partition %s, offset %s)"
              .formatted(why.reason(), record.partition(), record.offset());
    }
  }

  private void addUnnamed(byte[] value) {
    try {
      JsonNode record = JSON.readTree(value);
      boolean isMapped = config.events().impressionMapping().isGiven();
      (isMapped ? record : record.path("features")).fieldNames().forEachRemaining(unnamed::add);
    } catch (IOException e) {
      throw new UncheckedIOException("the learner's decoder takes what is no JSON", e);
    }
    unnamed.removeIf(name -> names.indexOf(name) >= 0 || isMapped(name));
  }

  /** Whether a path of the mapping begins at this key of a record. */
  private boolean isMapped(String key) {
    EventMapping mapping = config.events().impressionMapping();
    return mapping.isGiven()
        && (key.equals("features")
            || Stream.concat(
                    Stream.of(mapping.id(), mapping.timestamp(), mapping.own()),
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
      findings.addAll(numbers.findings());
    }
    return findings;
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
