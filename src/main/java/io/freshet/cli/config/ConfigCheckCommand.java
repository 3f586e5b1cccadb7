package io.freshet.cli.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.EffectiveConfig;
import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.job.ConfigOptions;
import io.freshet.job.sql.SqlSources;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads a configuration as a job would, and says everything that is wrong or doubtful. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Prints every problem of a configuration with its line and column.",
      "",
      "Warnings, of what is allowed but rarely intended, do not count as problems. Nothing is"
          + " opened but the file, and the script of events.sql: whether Kafka and the folders are"
          + " there is for doctor."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar freshet.jar config check learner.yaml",
      "  java -jar freshet.jar config check learner.yaml --set parallelism=8 --json",
      "",
      "Exit codes: 0 sound, 2 problems or wrong usage."
    })
final class ConfigCheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigOptions config;

  @Option(names = "--json", description = "Print one JSON object instead of lines.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    List<String> problems = List.of();
    List<String> warnings = List.of();
    try {
      LearnerConfig learner = EffectiveConfig.read(config.file(), config.overrides()).config();
      warnings = learner.warnings();
      if (learner.events().areOfTables()) {
        SqlSources.check(learner);
      }
    } catch (ConfigException e) {
      problems = e.problems();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(problems, warnings));
    } else {
      problems.forEach(out::println);
      warnings.forEach(warning -> out.println("warning: " + warning));
      out.println("%s: %s".formatted(config.file(), counted(problems, warnings)));
    }
    out.flush();
    return problems.isEmpty() ? 0 : 2;
  }

  private String json(List<String> problems, List<String> warnings) throws JsonProcessingException {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("file", config.file().toString());
    found.put("ok", problems.isEmpty());
    found.put("problems", problems);
    found.put("warnings", warnings);
    return new ObjectMapper().writeValueAsString(found);
  }

  private static String counted(List<String> problems, List<String> warnings) {
    String doubtful = warnings.isEmpty() ? "" : ", %s to think about".formatted(warnings.size());
    return problems.isEmpty() ? "ok" + doubtful : "problems: " + problems.size();
  }
}
