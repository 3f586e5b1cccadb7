package io.freshet.cli.config;

import io.freshet.config.option.Option;
import io.freshet.config.option.Option.Choice;
import io.freshet.config.option.Option.Entries;
import io.freshet.config.option.Option.Group;
import io.freshet.config.option.Option.Groups;
import io.freshet.config.option.Option.Value;
import io.freshet.config.option.Option.Values;
import io.freshet.config.option.Option.Variant;
import java.util.List;
import java.util.stream.Collectors;

/** The reference page of a configuration: a table of options for each section. */
final class ConfigReference {
  private static final String HEAD =
      """
      # Configuration

      Look up what an option means, which values it takes and what holds without it. A learner reads one YAML file. Only
      `kafka.bootstrap-servers` and `features` have no default:

      ```yaml
      kafka: {bootstrap-servers: "localhost:9092"}
      features:
        - {name: user, kind: categorical}
        - {name: item, kind: categorical}
      ```

      `--set train.batch-size=512` overrides a key on the command line. `config check` reports every problem with its line and
      column, `config show learner.yaml` prints all keys with their values, and `config schema` prints the JSON Schema by which
      editors complete and check. This page is what `config reference` prints; the options are declared in the code.

      Times and sizes are a whole number and a unit: `20 ms`, `30 s`, `5 min`, `1 h`, `7 d`; `512 B`, `64 KB`, `16 MB`, `1 GB`.

      Any value may name one that is elsewhere, so that the file holds no secret: `${env:NAME}` is an environment variable,
      `${file:/path}` what a file holds, without white space around it; `$${` is a plain `${`. Between `{` and `}` of YAML such a
      value needs quotes. What is printed, and messages about the configuration, have the reference, never the value. The values of
      `kafka.properties` and `events.registry-auth` are looked up by each process where it connects, so that they are in no
      job graph and no log; all others where the configuration is read ([security](security.md#secrets)).

      ```yaml
      kafka:
        bootstrap-servers: ${env:KAFKA_SERVERS}
        properties:
          sasl.jaas.config: >-
            org.apache.kafka.common.security.scram.ScramLoginModule required
            username="trainer" password="${file:/etc/freshet/kafka-password}";
      ```
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  private ConfigReference() {}

  static String of(List<Option> options) {
    ConfigReference reference = new ConfigReference();
    reference.addTable(options);
    options.forEach(option -> reference.addNested("", option));
    return reference.page.toString();
  }

  private static boolean isNested(Option option) {
    return option.content() instanceof Group || option.content() instanceof Groups;
  }

  private void addNested(String path, Option option) {
    if (option.content() instanceof Group group) {
      addSection(path + option.key(), option, group.options());
    } else if (option.content() instanceof Groups groups) {
      addSection(path + option.key() + "[]", option, groups.options());
    }
  }

  private void addSection(String path, Option section, List<Option> options) {
    page.append("\n## ").append(path).append("\n\n").append(section.sentence()).append('\n');
    addTable(options);
    options.forEach(option -> addVariants(option));
    options.forEach(option -> addNested(path + '.', option));
  }

  private void addVariants(Option option) {
    if (option.content() instanceof Choice choice) {
      for (Variant variant : choice.variants()) {
        page.append("\n`%s: %s`: %s\n".formatted(option.key(), variant.name(), variant.sentence()));
        addTable(variant.options());
        variant.options().forEach(this::addVariants);
        variant.options().forEach(this::addGroup);
      }
    }
  }

  /** A mapping among the options of a variant. */
  private void addGroup(Option option) {
    if (option.content() instanceof Group group) {
      page.append("\n`%s`: %s\n".formatted(option.key(), option.sentence()));
      addTable(group.options());
    }
  }

  private void addTable(List<Option> all) {
    List<Option> options = all.stream().filter(o -> !isNested(o)).toList();
    if (!options.isEmpty()) {
      page.append("\n| key | value | default | meaning |\n|---|---|---|---|\n");
      options.forEach(
          option ->
              page.append(
                  "| `%s` | %s | %s | %s |\n"
                      .formatted(
                          option.key(), type(option), otherwise(option), cell(option.sentence()))));
    }
  }

  private static String type(Option option) {
    Option.Content content = option.content();
    if (content instanceof Value value) {
      return cell(value.type().phrase());
    } else if (content instanceof Values values) {
      return "a list, each item " + cell(values.type().phrase());
    } else if (content instanceof Entries entries) {
      return "a mapping of keys, each to " + cell(entries.type().phrase());
    }
    return ((Choice) content)
        .variants().stream().map(Variant::name).collect(Collectors.joining(", ", "one of: ", ""));
  }

  private static String otherwise(Option option) {
    return option
        .otherwise()
        .map(value -> '`' + cell(value.toString()) + '`')
        .orElse(option.required() ? "required" : "");
  }

  /** Text in a cell of a table. */
  private static String cell(String text) {
    return text.replaceFirst(" \\(number and unit: .*\\)$", "").replace("|", "\\|");
  }
}
