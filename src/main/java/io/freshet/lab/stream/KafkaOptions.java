package io.freshet.lab.stream;

import io.freshet.event.EventFormat;
import io.freshet.kafka.KafkaClients;
import io.freshet.lab.broker.Topics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that write events to Kafka. */
public final class KafkaOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to start from (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers = "localhost:9092";

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "Kafka client property, such as security.protocol=SSL; repeatable.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--impressions-topic",
      paramLabel = "TOPIC",
      description = "Topic of the impressions (default: ${DEFAULT-VALUE}).")
  private String impressions = "impressions";

  @Option(
      names = "--clicks-topic",
      paramLabel = "TOPIC",
      description = "Topic of the clicks (default: ${DEFAULT-VALUE}).")
  private String clicks = "clicks";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Create the topics that do not exist, with N partitions.")
  private Integer partitions;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Send at most N records a second (default: as fast as possible).")
  private Double rate;

  @Option(
      names = "--timestamps",
      paramLabel = "EVENT|ARRIVAL",
      defaultValue = "EVENT",
      description =
          "Kafka timestamp of the records: their event time, or the time of sending, which keeps"
              + " old events from expiring at once (default: ${DEFAULT-VALUE}).")
  private KafkaEvents.Timestamps timestamps;

  @Option(
      names = "--format",
      paramLabel = "JSON|AVRO",
      defaultValue = "JSON",
      description =
          "How events are written; AVRO puts the id of its schema before each"
              + " (default: ${DEFAULT-VALUE}).")
  private EventFormat format;

  @Option(
      names = "--schemas",
      paramLabel = "FOLDER",
      description =
          "With --format AVRO: where the schemas go, as <id>.avsc, for events.schemas of the"
              + " learner.")
  private String schemas;

  /**
   * Opens the connection, and creates the topics where that is asked for.
   *
   * @throws IOException if a topic is missing or the brokers do not answer
   */
  public KafkaEvents open() throws IOException, InterruptedException {
    KafkaClients kafka = new KafkaClients(bootstrapServers, properties);
    UnaryOperator<EventRecord> form = form();
    Topics topics = new Topics(kafka);
    if (partitions == null) {
      topics.require(List.of(impressions, clicks), "--partitions N creates them");
    } else {
      topics.ensure(List.of(impressions, clicks), partitions);
    }
    return new KafkaEvents(kafka, impressions, clicks, timestamps, form);
  }

  private UnaryOperator<EventRecord> form() throws IOException {
    if (format == EventFormat.PROTOBUF) {
      throw new ParameterException(
          command.commandLine(), "--format PROTOBUF: is not written; expected JSON or AVRO");
    }
    if (format == EventFormat.AVRO && schemas == null) {
      throw new ParameterException(
          command.commandLine(), "--format AVRO: give a folder for its schemas with --schemas");
    } else if (format != EventFormat.AVRO && schemas != null) {
      throw new ParameterException(
          command.commandLine(), "--schemas: of use with --format AVRO only");
    }
    return format == EventFormat.AVRO ? AvroEvents.into(schemas) : UnaryOperator.identity();
  }

  /** The most records a second; refuses one that is not above 0. */
  public double rate() {
    if (rate != null && !(rate > 0)) {
      throw new ParameterException(
          command.commandLine(), "--rate: " + rate + " is not a number above 0");
    }
    return rate == null ? Double.POSITIVE_INFINITY : rate;
  }
}
