package io.freshet.lab.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.Progress;
import io.freshet.cli.snapshot.SnapshotRoot;
import io.freshet.evaluate.offline.Bootstrap;
import io.freshet.evaluate.offline.ScoredExamples;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says how good a snapshot is on data, what was served was, or which of two learners is better. */
@Command(
    name = "evaluate",
    description = {
      "Says how good a snapshot's, a server's or two learners' predictions are.",
      "",
      "It scores labeled data with a snapshot, holds what was served against the labels that came"
          + " of it, or compares what two learners predicted of the same examples. Figures come"
          + " with 95%% intervals by bootstrap."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar evaluate --snapshot /var/lib/freshet/snapshots --data test.csv",
      "  java -jar freshet.jar evaluate --snapshot freshet-demo/snapshots --data ml-latest-small"
          + " \\",
      "      --slice weekday --json",
      "  java -jar freshet.jar evaluate --compare champion/predictions challenger/predictions",
      "  java -jar freshet.jar evaluate --compare ctr@topic:predictions ctr2@topic:predictions \\",
      "      --bootstrap-servers localhost:9092",
      "  java -jar freshet.jar evaluate --served impressions --data topic:predictions"
    })
public final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Subject subject;

  private static final class Subject {
    @Option(
        names = "--snapshot",
        paramLabel = "ROOT",
        converter = SnapshotRoot.Converter.class,
        description = "The snapshot root: a folder or a file: URI.")
    private SnapshotRoot snapshot;

    @Option(
        names = "--compare",
        arity = "2",
        paramLabel = "[MODEL@]FROM",
        description =
            "Two learners' predictions: files, directories or topic:NAME, as the setting"
                + " predictions makes a learner write them.")
    private List<String> compared;

    @Option(
        names = "--served",
        paramLabel = "TOPIC",
        description =
            "The topic of impressions, as serve --log-impressions writes them; --data are a"
                + " learner's predictions, which have the labels.")
    private String served;
  }

  @Option(
      names = "--snapshot-version",
      paramLabel = "VERSION",
      converter = SnapshotRoot.VersionConverter.class,
      description = "The version of the snapshot; the current one by default.")
  private Version version;

  @Option(
      names = "--data",
      paramLabel = "FROM",
      description =
          "Labeled data: a CSV file as for fit, a directory as for replay, or examples that a"
              + " learner wrote (.jsonl, .jsonl.gz, a directory of them, or topic:NAME). With"
              + " --served a learner's predictions, in the same forms.")
  private String data;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "The column of the label in a CSV file (default: label).")
  private String label = "label";

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      description = "How rows of a directory become events: a mapping as for replay.")
  private Path mapping;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "Of a model of several tasks the one that --snapshot scores (the first by default), or"
              + " that --served has scored.")
  private String task;

  @Option(
      names = "--slice",
      paramLabel = "FIELD",
      description = "Figures by the values of this field, too; repeatable.")
  private List<String> slices = new ArrayList<>();

  @Option(
      names = "--blocks",
      paramLabel = "HOURS",
      description = "What the bootstrap draws: spans of so many hours. By default it draws users.")
  private Double hours;

  @Option(
      names = "--replicates",
      paramLabel = "N",
      description = "Draws of the bootstrap (default: ${DEFAULT-VALUE}).")
  private int replicates = 1000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Another seed, other draws (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka, for topics (default: ${DEFAULT-VALUE}).")
  private String servers = "localhost:9092";

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "Kafka client property, such as security.protocol=SSL; repeatable.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Override
  public Integer call() throws InterruptedException {
    if (replicates < 2 || hours != null && !(hours > 0)) {
      throw wrong("--replicates must be 2 or more, and --blocks above 0");
    }
    if (subject.snapshot != null && data == null) {
      throw wrong("--snapshot needs --data: what is to be scored");
    }
    if (subject.compared != null && task != null) {
      throw wrong("--compare takes no --task, but MODEL/TASK@FROM");
    }
    if (subject.compared != null && (data != null || version != null || !slices.isEmpty())) {
      throw wrong("--compare takes neither --data, --snapshot-version nor --slice");
    }
    if (subject.served != null && (data == null || version != null || !slices.isEmpty())) {
      throw wrong("--served needs --data, the predictions, and no --snapshot-version or --slice");
    }
    try {
      if (subject.served != null) {
        return served();
      }
      return subject.snapshot != null ? score() : compare();
    } catch (IOException e) {
      spec.commandLine().getErr().println("evaluate: " + e.getMessage());
      return 1;
    }
  }

  private int score() throws IOException, InterruptedException {
    var store = subject.snapshot.store();
    SnapshotScores scores;
    try {
      scores =
          new SnapshotScores(
              store, subject.snapshot.orLatest(version), slices, Optional.ofNullable(task));
    } catch (IllegalArgumentException e) {
      throw wrong("--slice: " + e.getMessage());
    }
    try (Progress progress = progress("examples", OptionalLong.empty())) {
      new EvaluationData(kafka(), label, Optional.ofNullable(mapping))
          .read(
              data,
              scores.model().schema(),
              (values, example) -> {
                scores.add(values, example);
                progress.at(scores.scored().size());
              });
    }
    scores.flush();
    if (scores.scored().size() == 0) {
      throw new IOException(data + " holds no labeled example");
    }
    SnapshotReport report =
        SnapshotReport.of(scores, drawn(at -> bootstrap().estimate(scores.scored(), at)));
    tell(report.toJson(), report::print);
    return 0;
  }

  private int compare() throws IOException, InterruptedException {
    RecordedRun a = recorded(subject.compared.get(0));
    RecordedRun b = recorded(subject.compared.get(1));
    ScoredExamples.Pairs pairs = ScoredExamples.pair(a.examples(), b.examples());
    if (pairs.a().size() == 0) {
      throw new IOException(
          "no example was predicted by both: do they learn from the same topics, with one join?");
    }
    ComparisonReport report =
        new ComparisonReport(a, b, pairs, drawn(at -> bootstrap().compare(pairs, at)));
    tell(report.toJson(), report::print);
    return 0;
  }

  private int served() throws IOException, InterruptedException {
    ServedScores scores = new ServedScores(Optional.ofNullable(task));
    RecordedRun.predictions(data, kafka(), scores::label);
    scores.checkTask(data);
    try (TopicReader topic = new TopicReader(kafka(), subject.served)) {
      topic.readToEnd(record -> scores.impression(record.value()));
    }
    if (scores.answered().isEmpty()) {
      throw new IOException(
          "topic %s holds no impression that a server wrote and %s has the label of (%s without one)"
              .formatted(subject.served, data, scores.unlabeled()));
    }
    ServedReport report = ServedReport.of(scores, bootstrap());
    tell(report.toJson(), report::print);
    return 0;
  }

  private RecordedRun recorded(String source) throws IOException, InterruptedException {
    try (Progress progress = progress("predictions", OptionalLong.empty())) {
      return RecordedRun.read(source, kafka(), progress::at);
    }
  }

  /** Draws, with progress shown. */
  private <T> T drawn(Function<LongConsumer, T> draws) {
    try (Progress progress = progress("draws", OptionalLong.of(replicates))) {
      return draws.apply(progress::at);
    }
  }

  private Progress progress(String what, OptionalLong total) {
    return Progress.of(spec.commandLine().getErr(), what, total);
  }

  private Bootstrap bootstrap() {
    return new Bootstrap(
        Optional.ofNullable(hours).map(h -> Duration.ofMillis((long) Math.ceil(h * 3_600_000))),
        replicates,
        seed);
  }

  private KafkaClients kafka() {
    return new KafkaClients(servers, properties).within(Duration.ofSeconds(30));
  }

  private interface Text {
    void print(PrintWriter out);
  }

  private void tell(ObjectNode report, Text text) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report);
    } else {
      text.print(out);
    }
    out.flush();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
