package io.freshet.job.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.freshet.job.example.ExampleFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Events in files: a line of JSON each, as the value of a record of the topic. A file is of the
 * topic that its name, or that of a folder it lies in, begins with: {@code clicks-2026-01.jsonl.gz}
 * or {@code clicks/0.jsonl}; where topics' names begin alike, of the longest.
 *
 * @param uri a directory
 * @param topics that there are files of
 */
record EventFiles(String uri, List<String> topics) implements EventLogs {
  private static final long serialVersionUID = 1L;

  EventFiles {
    requireNonNull(uri, "uri");
    topics = List.copyOf(topics);
  }

  @Override
  public String toString() {
    return uri;
  }

  /** Whether any file is of a topic. */
  boolean hasAny(String topic) throws IOException {
    return !files(topic).isEmpty();
  }

  @Override
  public List<Log> of(String topic) throws IOException {
    List<Log> logs = new ArrayList<>();
    for (Path file : files(topic)) {
      logs.add(new Lines(file, topic));
    }
    return logs;
  }

  private List<Path> files(String topic) throws IOException {
    Path root = new Path(uri);
    Path end = root.makeQualified(root.getFileSystem());
    return ExampleFiles.find(root).stream()
        .filter(file -> topicOf(file, end).filter(topic::equals).isPresent())
        .sorted(Comparator.comparing(Path::toString))
        .toList();
  }

  private Optional<String> topicOf(Path file, Path root) {
    for (Path at = file; at != null && !at.equals(root); at = at.getParent()) {
      String name = at.getName();
      Optional<String> topic =
          topics.stream().filter(name::startsWith).max(Comparator.comparing(String::length));
      if (topic.isPresent()) {
        return topic;
      }
    }
    return Optional.empty();
  }

  /** A file's lines as records: no event can be ahead of the clock of one that is over. */
  private static final class Lines implements Log {
    private final String topic;
    private final BufferedReader reader;
    private long line;

    Lines(Path path, String topic) throws IOException {
      this.topic = topic;
      reader = ExampleFiles.reader(path);
    }

    @Override
    public Optional<ConsumerRecord<byte[], byte[]>> next() throws IOException {
      String text = reader.readLine();
      return text == null
          ? Optional.empty()
          : Optional.of(
              new ConsumerRecord<>(
                  topic,
                  0,
                  line++,
                  Long.MAX_VALUE,
                  TimestampType.CREATE_TIME,
                  ConsumerRecord.NULL_SIZE,
                  text.length(),
                  null,
                  text.getBytes(UTF_8),
                  new RecordHeaders(),
                  Optional.empty()));
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
