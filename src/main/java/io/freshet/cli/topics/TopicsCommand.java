package io.freshet.cli.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.config.option.Quantity;
import io.freshet.job.ConfigOptions;
import io.freshet.kafka.TopicAdmin;
import io.freshet.kafka.TopicState;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the topics of a configuration with how they should be, and creates missing ones. */
@Command(
    name = "topics",
    description = {
      "Shows the topics of a configuration, and creates those that are not there.",
      "",
      "Without --create nothing is changed: it prints what would be done. A topic that exists stays"
          + " as it is; what is wrong with it is named."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar topics --config learner.yaml",
      "  java -jar freshet.jar topics --config learner.yaml --create --partitions 8 \\",
      "      --replicas 3 --retention '14 d'",
      "",
      "Exit codes: 0 all is well, or will be by --create; 1 a topic is not as it should be, or"
          + " Kafka failed; 2 wrong usage or configuration."
    })
public final class TopicsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigOptions config;

  @Option(names = "--create", description = "Create the topics that are not there.")
  private boolean create;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Partitions of new topics of events (default: the learner's parallelism).")
  private Integer partitions;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = "Replicas of new topics (default: as the cluster has it).")
  private Short replicas;

  @Option(
      names = "--retention",
      paramLabel = "TIME",
      showDefaultValue = Visibility.ALWAYS,
      description = "How long records of new topics stay.")
  private String retention = "7 d";

  @Option(names = "--json", description = "Print one JSON array instead of lines.")
  private boolean json;

  private record Line(TopicDesign design, String state, List<String> faults) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    LearnerConfig learner;
    try {
      learner = LearnerConfig.read(config.file(), config.overrides());
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      spec.commandLine().getErr().flush();
      return 2;
    }
    int wanted =
        partitions == null ? learner.parallelism() : atLeastOne("--partitions", partitions);
    List<TopicDesign> designs = TopicDesign.of(learner, wanted, retention(retention));
    List<Line> lines;
    try (TopicAdmin kafka = learner.kafka().clients().topicAdmin()) {
      lines = lines(kafka, designs, learner.parallelism());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(lines));
    } else {
      lines.forEach(line -> print(line, out));
    }
    out.flush();
    return lines.stream().allMatch(line -> line.faults().isEmpty()) ? 0 : 1;
  }

  private List<Line> lines(TopicAdmin kafka, List<TopicDesign> designs, int parallelism)
      throws IOException, InterruptedException {
    var states = kafka.topics(designs.stream().map(TopicDesign::name).toList());
    List<TopicDesign> absent =
        designs.stream().filter(design -> !states.containsKey(design.name())).toList();
    if (create && !absent.isEmpty()) {
      kafka.create(absent.stream().map(design -> design.toNew(replicas())).toList());
    }
    List<Line> lines = new ArrayList<>();
    for (TopicDesign design : designs) {
      if (absent.contains(design)) {
        lines.add(new Line(design, create ? "created" : "would be created", List.of()));
      } else {
        lines.add(found(design, states.get(design.name()), parallelism));
      }
    }
    return lines;
  }

  private static Line found(TopicDesign design, TopicState topic, int parallelism) {
    return topic.isHidden()
        ? new Line(
            design,
            "not seen",
            List.of("it is not there, or this client may not see it: grant it DESCRIBE"))
        : new Line(design, "exists", design.faults(topic, parallelism));
  }

  private static void print(Line line, PrintWriter out) {
    TopicDesign design = line.design();
    String settings =
        line.state().equals("exists") || line.state().equals("not seen")
            ? ""
            : ": %s partitions, %s"
                .formatted(
                    design.partitions(),
                    new TreeMap<>(design.settings()).toString().replaceAll("[{}]", ""));
    out.println("%s: %s%s".formatted(design.name(), line.state(), settings));
    line.faults().forEach(fault -> out.println("  wrong: " + fault));
  }

  private static String json(List<Line> lines) throws JsonProcessingException {
    List<Map<String, Object>> topics = new ArrayList<>();
    for (Line line : lines) {
      Map<String, Object> topic = new LinkedHashMap<>();
      topic.put("topic", line.design().name());
      topic.put("state", line.state());
      topic.put("partitions", line.design().partitions());
      topic.put("settings", new TreeMap<>(line.design().settings()));
      topic.put("faults", line.faults());
      topics.add(topic);
    }
    return new ObjectMapper().writeValueAsString(topics);
  }

  private Optional<Short> replicas() {
    return Optional.ofNullable(replicas).map(n -> (short) atLeastOne("--replicas", n));
  }

  private int atLeastOne(String option, int number) {
    if (number < 1) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + number + " is not a number from 1 on");
    }
    return number;
  }

  private Duration retention(String text) {
    return Quantity.duration(text)
        .filter(time -> !time.isZero())
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(), "--retention: " + text + " is no time such as 7 d"));
  }
}
