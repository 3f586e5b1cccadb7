package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.job.example.ExampleFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Events in files: a line of JSON each, as the value of a record of the topic. A file belongs to
 * the topic that its name, or the name of a folder around it, begins with: {@code
 * clicks-2026-01.jsonl.gz} or {@code clicks/0.jsonl}; of several such topics, to the longest.
 *
 * @param uri a directory
 * @param topics whose events the files hold
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

  /** Whether any file belongs to a topic. */
  boolean hasAny(String topic) throws IOException {
    return !files(topic).isEmpty();
  }

  @Override
  public List<Log> of(String topic) throws IOException {
    return files(topic).stream().<Log>map(file -> place -> new Lines(file, topic, place)).toList();
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

  /** A file's lines as records of the time at which it is read: none can be of later. */
  private static final class Lines implements Records {
    private final Path path;
    private final String topic;
    private final InputStream in;
    private final long now = System.currentTimeMillis();
    private long place; // bytes, of the text

    Lines(Path path, String topic, long place) throws IOException {
      this.path = path;
      this.topic = topic;
      this.place = place;
      in = ExampleFiles.open(path);
      in.skipNBytes(place);
    }

    @Override
    public Optional<ConsumerRecord<byte[], byte[]>> next() throws IOException {
      long offset = place;
      byte[] line = line();
      return place == offset
          ? Optional.empty()
          : Optional.of(
              new ConsumerRecord<>(
                  topic,
                  0,
                  offset,
                  now,
                  TimestampType.CREATE_TIME,
                  ConsumerRecord.NULL_SIZE,
                  line.length,
                  null,
                  line,
                  new RecordHeaders(),
                  Optional.empty()));
    }

    private byte[] line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(256);
      for (int b = in.read(); b >= 0; b = in.read()) {
        place++;
        if (b == '\n') {
          break;
        }
        line.write(b);
      }
      return line.toByteArray();
    }

    @Override
    public long place() {
      return place;
    }

    @Override
    public String toString() {
      return path.toString();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
