package io.freshet.cli.config;

import io.freshet.cli.config.init.Draft;
import io.freshet.cli.config.init.DraftText;
import io.freshet.cli.config.init.Sample;
import io.freshet.config.LearnerConfig;
import io.freshet.event.EventFormat;
import io.freshet.event.registry.RecordParsers;
import io.freshet.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Drafts a configuration from the records of a topic or file. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a configuration to begin with, guessed from records of a topic or lines of a file.",
      "",
      "Finds id, time, label, user and the kind of each field by names and values; each guess has a"
          + " comment that says why. Asks nothing, and changes nothing but the file it writes."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar config init --topic served --bootstrap-servers localhost:9092",
      "  java -jar freshet.jar config init --file served.jsonl --output learner.yaml",
      "",
      "Exit codes: 0 written, 1 no records that can be read, 2 wrong usage."
    })
final class ConfigInitCommand implements Callable<Integer> {
  private static final String ANY_FIELD = "features: [{name: user, kind: categorical}]\n";

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** Where records come from. */
  private static final class Source {
    @Option(names = "--topic", paramLabel = "TOPIC", description = "Topic of the impressions.")
    private String topic;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        description = "File of impressions, one in each line as JSON; may be gzipped.")
    private Path file;
  }

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to start from (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers = "localhost:9092";

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description =
          "Kafka client property, such as security.protocol=SSL; repeatable. Written to the file.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "json, avro or protobuf (default: by the first bytes of the records).")
  private EventFormat format;

  @Option(
      names = "--schemas",
      paramLabel = "URI",
      description = "Folder of the schemas, as events.schemas.")
  private String schemas;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "Registry of the schemas, as events.registry.")
  private String registry;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "About how many of the newest records to look at (default: ${DEFAULT-VALUE}).")
  private int most = 500;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "What to write; must not exist (default: ${DEFAULT-VALUE}).")
  private Path output = Path.of("learner.yaml");

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (most < 1) {
      throw new ParameterException(spec.commandLine(), "--records: expected 1 or more");
    }
    if (Files.exists(output)) {
      throw new ParameterException(
          spec.commandLine(), "--output: " + output + " exists; move it away, or give another");
    }
    Sample sample =
        source.file == null
            ? Sample.ofTopic(new KafkaClients(bootstrapServers, properties), source.topic, most)
            : Sample.ofFile(source.file, most);
    Map<String, String> events = events(sample);
    Draft draft = draft(sample, events);
    String text = DraftText.of(draft, head(draft), events) + folders();
    List<String> warnings = LearnerConfig.parse(text, output.toString(), List.of()).warnings();
    Files.writeString(output, text);
    String summary = "%s: %s fields from %,d records; next: doctor --config %s";
    spec.commandLine()
        .getOut()
        .println(
            String.format(
                Locale.ROOT,
                summary,
                output,
                draft.fields().stream().filter(field -> !field.isLeftOut()).count(),
                draft.records().size(),
                output));
    warnings.forEach(warning -> spec.commandLine().getOut().println("warning: " + warning));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private Draft draft(Sample sample, Map<String, String> events) throws IOException {
    StringBuilder yaml =
        new StringBuilder(ANY_FIELD + "kafka: {bootstrap-servers: localhost:9092}\n");
    yaml.append("events:\n");
    events.forEach(
        (key, value) -> yaml.append("  %s: %s\n".formatted(key, DraftText.quoted(value))));
    LearnerConfig any = LearnerConfig.parse(yaml.toString(), "the options", List.of());
    return Draft.of(sample.read(RecordParsers.ofImpressions(any.events(), lookups -> {})));
  }

  /** The options of the section events that reading takes. */
  private Map<String, String> events(Sample sample) throws IOException {
    EventFormat found = format == null ? sample.format() : format;
    Map<String, String> events = new LinkedHashMap<>();
    events.put("format", found.name().toLowerCase(Locale.ROOT));
    if (schemas != null) {
      events.put("schemas", schemas);
    }
    if (registry != null) {
      events.put("registry", registry);
    }
    if (found == EventFormat.AVRO && schemas == null && registry == null) {
      throw new ParameterException(
          spec.commandLine(),
          "the records are Avro, which needs schemas: give --registry URL or --schemas FOLDER");
    }
    return events;
  }

  /** Next to the file, where they surely may be written. */
  private String folders() {
    String folder = output.toAbsolutePath().getParent().resolve(name()).toUri().toString();
    return """
    snapshot:
      root: "%1$s/snapshots"        # folders of this machine: on a cluster, give some that all see
    checkpoint:
      dir: "%1$s/checkpoints"
    """
        .formatted(folder.replaceAll("/$", ""));
  }

  private String name() {
    String name = source.file == null ? source.topic : source.file.getFileName().toString();
    return name.replaceAll("[^A-Za-z0-9._-]", "-");
  }

  private List<String> head(Draft draft) {
    String topic = source.file == null ? source.topic : "impressions";
    List<String> head = new ArrayList<>();
    head.add(
        String.format(
            Locale.ROOT,
            "# Guessed from %,d records of %s; each guess says why. Correct what is wrong.",
            draft.records().size(),
            source.file == null ? "topic " + topic : source.file));
    head.add("name: " + DraftText.quoted(name()));
    head.add("kafka:");
    head.add("  bootstrap-servers: " + DraftText.quoted(bootstrapServers));
    head.add("  topics: {impressions: %s}".formatted(DraftText.quoted(topic)));
    if (!properties.isEmpty()) {
      head.add("  properties:");
      properties.forEach(
          (key, value) -> head.add("    %s: \"%s\"".formatted(key, value.replace("\"", "\\\""))));
    }
    return head;
  }
}
