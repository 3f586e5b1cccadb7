package io.freshet.lab.docs;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.freshet.lab.docs.DocumentedCommands.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code documented-commands.yaml}: what runs each command of the documentation, or why nothing
 * does. The first entry that matches a command counts; in an entry a star matches any text.
 *
 * @param pages whose blocks are run whole, and by which test
 * @param everywhere what is replaced in each command that is run
 * @param run what {@link DocumentedCommandsITCase} runs: tracks side by side, a track's phases one
 *     after the other
 * @param slow the same, for those who wait: with {@code -Ddocumented.slow=true}
 * @param byTests what another test runs
 * @param notHere what no test can run
 */
record CommandTable(
    Map<String, String> pages,
    Map<String, String> everywhere,
    Map<String, List<Phase>> run,
    Map<String, List<Phase>> slow,
    @JsonProperty("by-tests") List<ByTest> byTests,
    @JsonProperty("not-here") List<NotHere> notHere) {

  /** An entry: the commands that it is about. */
  interface Entry {
    String command();

    default boolean matches(Command command) {
      String pattern =
          Arrays.stream(command().split("\\*", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining(".*"));
      return command.withoutComment().matches(pattern);
    }
  }

  /**
   * Commands that come after those of the phase before.
   *
   * @param await what has to be there first
   * @param sideBySide whether their order means nothing
   */
  record Phase(
      String name,
      String await,
      @JsonProperty("side-by-side") boolean sideBySide,
      List<Run> commands) {}

  /**
   * A command that is run.
   *
   * @param replace what is replaced in it
   * @param add what is put behind it
   * @param says what its output has to hold, a regular expression
   * @param here in this JVM, not in a separate one
   * @param keeps runs until the test's end, once it has said so
   */
  record Run(
      String command,
      Map<String, String> replace,
      String add,
      String says,
      boolean here,
      boolean keeps)
      implements Entry {
    public Run {
      replace = replace == null ? Map.of() : replace;
      add = add == null ? "" : add;
    }
  }

  /** A command that another test runs, which holds the proof, a text. */
  record ByTest(String command, String test, String proof) implements Entry {}

  /** A command that no test runs, for a reason. */
  record NotHere(String command, String because) implements Entry {}

  static CommandTable read() {
    ObjectMapper yaml =
        new ObjectMapper(new YAMLFactory())
            .setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
    try (var in = CommandTable.class.getResourceAsStream("documented-commands.yaml")) {
      return yaml.readValue(in, CommandTable.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All commands of the documentation but those of pages that are run whole. */
  List<Command> commands() {
    Set<Path> whole = pages.keySet().stream().map(Path::of).collect(Collectors.toSet());
    return DocumentedCommands.pages().stream()
        .flatMap(page -> DocumentedCommands.commands(page).stream())
        .filter(command -> command.isInText() || !whole.contains(command.page()))
        .toList();
  }

  Stream<Run> runs() {
    return Stream.of(run, slow)
        .flatMap(tracks -> tracks.values().stream())
        .flatMap(List::stream)
        .flatMap(phase -> phase.commands().stream());
  }

  Stream<Entry> entries() {
    return Stream.of(runs(), byTests.stream(), notHere.stream()).flatMap(entries -> entries);
  }

  Optional<Entry> entry(Command command) {
    return entries().filter(entry -> entry.matches(command)).findFirst();
  }

  /** Those of the commands for which this entry counts. */
  List<Command> of(Entry entry, List<Command> commands) {
    return commands.stream()
        .filter(command -> entry(command).filter(found -> found.equals(entry)).isPresent())
        .toList();
  }
}
