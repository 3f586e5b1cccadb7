package io.freshet.cli.config.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.event.ByteOrderMark;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventFormat;
import io.freshet.event.RejectedException;
import io.freshet.event.frame.Frame;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.parse.RecordParser;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import io.freshet.kafka.TopicReader;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records to guess from, as bytes. */
public record Sample(List<Raw> raw) {

  private static final int LEAST = 20; // of a partition

  public Sample {
    raw = List.copyOf(raw);
  }

  /** One record. */
  public record Raw(byte[] value, RecordHeaders headers, long kafkaTime) {}

  /** About so many of the newest records of a topic, of each partition some. */
  public static Sample ofTopic(KafkaClients kafka, String topic, int most)
      throws IOException, InterruptedException {
    int partitions;
    try (TopicAdmin admin = kafka.topicAdmin()) {
      partitions = admin.partitions(topic);
    }
    List<Raw> newest = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, topic, Math.max(LEAST, most / partitions))) {
      reader.readToEnd(record -> add(record, newest));
    }
    return new Sample(newest);
  }

  private static void add(ConsumerRecord<byte[], byte[]> record, List<Raw> to) {
    if (record.value() != null) {
      to.add(new Raw(record.value(), headers(record), record.timestamp()));
    }
  }

  private static RecordHeaders headers(ConsumerRecord<byte[], byte[]> record) {
    return name -> {
      var header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  /** The first lines of a file, which may be gzipped. */
  public static Sample ofFile(Path file, int most) throws IOException {
    List<Raw> lines = new ArrayList<>();
    try (InputStream bytes = open(file);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(
                    ByteOrderMark.skipIn(new BufferedInputStream(bytes)), UTF_8))) {
      for (String line = in.readLine(); line != null && lines.size() < most; line = in.readLine()) {
        if (!line.isBlank()) {
          lines.add(new Raw(line.getBytes(UTF_8), RecordHeaders.NONE, -1));
        }
      }
    }
    return new Sample(lines);
  }

  private static InputStream open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
  }

  /**
   * The format of the first, by its first bytes.
   *
   * @throws IOException where it is none that says itself
   */
  public EventFormat format() throws IOException {
    if (raw.isEmpty()) {
      throw new IOException("there are no records to guess from");
    }
    Raw first = raw.get(0);
    Frame frame;
    try {
      frame = Frame.of(first.value(), first.headers());
    } catch (RejectedException e) {
      throw new IOException("the first record: " + e.rejection().reason(), e);
    }
    int length = first.value().length - frame.length();
    String text = new String(first.value(), frame.length(), length, UTF_8).strip();
    if (text.startsWith("{") || text.startsWith("\uFEFF{")) {
      return EventFormat.JSON;
    }
    if (frame.id() == null) {
      throw new IOException(
          "the first record is no JSON object and has no schema's id before it; give --format");
    }
    return EventFormat.AVRO;
  }

  /**
   * Those that can be read.
   *
   * @throws IOException where none can, with the reason of the first
   */
  public List<SampledRecord> read(RecordParser parser) throws IOException {
    List<SampledRecord> read = new ArrayList<>();
    String reason = "";
    for (Raw each : raw) {
      DecodeResult<SampledRecord> result =
          parser.parse(
              each.value(),
              each.headers(),
              record -> new DecodeResult.Good<>(SampledRecord.read(record, each.kafkaTime()), 0));
      if (result instanceof DecodeResult.Good<SampledRecord> good) {
        read.add(good.value());
      } else if (result instanceof DecodeResult.Rejected<SampledRecord> bad && reason.isEmpty()) {
        reason = bad.rejection().reason();
      }
    }
    if (read.isEmpty()) {
      throw new IOException(
          raw.isEmpty()
              ? "there are no records to guess from"
              : "none of %s records can be read; the first: %s".formatted(raw.size(), reason));
    }
    return read;
  }
}
