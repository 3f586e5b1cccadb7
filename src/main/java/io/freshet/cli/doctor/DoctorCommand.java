package io.freshet.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.doctor.Finding.Level;
import io.freshet.config.ExampleSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.job.ConfigOptions;
import io.freshet.job.sql.SqlSources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks everything that a learner needs before it starts. */
@Command(
    name = "doctor",
    description = {
      "Looks at machine, Kafka, schemas and folders, and reports what would stop a learner.",
      "",
      "Each line is ok, a warning or a problem, and says what to do. Nothing is changed. Without a"
          + " configuration only the machine is looked at."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar doctor",
      "  java -jar freshet.jar doctor --config learner.yaml --json",
      "",
      "Exit codes: 0 no problem, 1 problems, 2 wrong usage."
    })
public final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigOptions config;

  @Option(names = "--json", description = "Print one JSON array instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    Instant now = Instant.now();
    List<Finding> findings = new ArrayList<>();
    Optional<LearnerConfig> learner = learner(findings);
    findings.addAll(MachineCheck.run(learner, now));
    if (learner.isPresent()) {
      findings.addAll(KafkaCheck.run(learner.get(), now));
      findings.addAll(RegistryCheck.run(learner.get().events()));
      folders(learner.get(), findings);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(findings));
    } else {
      findings.forEach(finding -> print(finding, out));
    }
    out.flush();
    return findings.stream().anyMatch(finding -> finding.level() == Level.PROBLEM) ? 1 : 0;
  }

  private Optional<LearnerConfig> learner(List<Finding> findings) {
    Optional<Path> file = config.given();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      LearnerConfig learner = LearnerConfig.read(file.get(), config.overrides());
      if (learner.events().areOfTables()) {
        SqlSources.check(learner);
      }
      findings.add(Finding.ok("configuration", file.get().toString()));
      for (String warning : learner.warnings()) {
        findings.add(Finding.warning("configuration", warning, "see freshet config check"));
      }
      return Optional.of(learner);
    } catch (ConfigException e) {
      for (String problem : e.problems()) {
        findings.add(Finding.problem("configuration", problem, "mend the file, or the option"));
      }
      return Optional.empty();
    }
  }

  private static void folders(LearnerConfig config, List<Finding> findings)
      throws InterruptedException {
    findings.add(FolderCheck.run("snapshot.root", config.snapshot().root()));
    findings.add(FolderCheck.run("checkpoint.dir", config.checkpoint().dir()));
    if (config.examples().to() == ExampleSettings.Target.FILES) {
      findings.add(FolderCheck.run("examples.dir", config.examples().dir()));
    }
  }

  private void print(Finding finding, PrintWriter out) {
    String color =
        switch (finding.level()) {
          case OK -> "green";
          case WARNING -> "yellow";
          case PROBLEM -> "red,bold";
        };
    Ansi ansi = spec.commandLine().getColorScheme().ansi();
    String level = ansi.string("@|%s %-7s|@".formatted(color, word(finding.level())));
    out.println("%s  %s: %s".formatted(level, finding.about(), finding.text()));
    if (!finding.remedy().isEmpty()) {
      out.println(" ".repeat(9) + finding.remedy());
    }
  }

  private static String json(List<Finding> findings) throws JsonProcessingException {
    List<Map<String, String>> all = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("level", word(finding.level()));
      one.put("about", finding.about());
      one.put("text", finding.text());
      one.put("remedy", finding.remedy());
      all.add(one);
    }
    return new ObjectMapper().writeValueAsString(all);
  }

  private static String word(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
