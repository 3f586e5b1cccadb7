package io.freshet.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.freshet.Main;
import io.freshet.lab.docs.CommandRun;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Help reads well on a terminal of 80 columns, and a shell completes all there is. */
final class CommandOutputTest {
  /** What the longest name of a command leaves of 80 columns in a list of commands. */
  private static final int SUMMARY = 90;

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandIsSummedUpInASentence(String name, CommandLine command) {
    String[] description = command.getCommandSpec().usageMessage().description();

    assertThat(description[0]).endsWith(".").hasSizeLessThan(SUMMARY);
    assertThat(description[0].replaceAll("\\.$", "")).doesNotContain(". ");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void noLineIsBrokenByHand(String name, CommandLine command) {
    assertThat(List.of(command.getCommandSpec().usageMessage().description()))
        .allSatisfy(paragraph -> assertThat(paragraph).matches("|(?s).*[.:]|[a-z0-9-]+  .*"));
    assertThat(List.of(command.getCommandSpec().usageMessage().footer()))
        .allSatisfy(line -> assertThat(line).matches("|  .*|.*[.:]"));
    assertThat(command.getCommandSpec().options())
        .allSatisfy(option -> assertThat(option.description()).hasSizeLessThan(2));
  }

  @Test
  void theShellIsToldOfEveryCommandAndOption() {
    CommandRun run = CommandRun.of("completion");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("complete -F _complete_freshet", "doctor")
        .contains("rollback", "--bootstrap-servers", "schema");
  }

  static Stream<Arguments> commands() {
    List<Arguments> all = new ArrayList<>();
    collect(Main.commandLine(), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<Arguments> all) {
    all.add(arguments(command.getCommandSpec().qualifiedName(), command));
    command.getSubcommands().values().forEach(sub -> collect(sub, all));
  }
}
