package io.freshet;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import io.freshet.snapshot.format.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Wrong, empty, huge and hostile values for every option and file of every command, found in the
 * model of the commands: each is refused in a few lines, soon.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileOptionsTest {
  private static final List<String> VALUES =
      List.of(
          "",
          " ",
          "-1",
          "1e999",
          "NaN",
          "99999999999999999999",
          "x".repeat(100_000),
          "\u0000",
          "a\nb\u202e",
          "../../..",
          "=,=",
          "${HOME}%s%n%zz",
          "\ud83d",
          "@nowhere");

  /** One for all: making it takes longer than what it refuses. */
  private static final CommandLine FRESHET = Main.commandLine();

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("commands")
  void noValueOfAnOptionIsMoreThanAFewLines(CommandSpec command) {
    for (OptionSpec option : command.options()) {
      for (String value : option.arity().max() == 0 ? List.<String>of() : VALUES) {
        List<String> args = words(command);
        args.add("--nonsense"); // nothing is begun, whatever the value
        args.add(option.longestName() + "=" + value);

        assertRefused(args, 2);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("readers")
  void noFileOrFolderIsMoreThanAFewLines(CommandSpec command) {
    List<String> files = new ArrayList<>(VALUES);
    files.addAll(
        List.of(folder.toString(), "/dev/zero", "/proc/self/mem", "nofs://x/y", "file:///%zz"));
    for (String file : files) {
      List<String> args = words(command);
      for (OptionSpec option : command.options()) {
        if (option.required() && option.group() == null) {
          args.add(option.longestName() + "=" + value(option, file));
        }
      }
      args.add("--");
      for (ArgSpec argument : command.positionalParameters()) {
        if (argument.required() || !argument.type().equals(Version.class)) {
          args.add(value(argument, file));
        }
      }

      assertRefused(args, 0, 1, 2);
    }
  }

  private static String value(ArgSpec argument, String file) {
    return argument.type().equals(Version.class)
        ? "0badcafe-0000000001"
        : argument.type().equals(String.class) ? "because" : file;
  }

  private static void assertRefused(List<String> args, Integer... codes) {
    CommandRun run = CommandRun.of(FRESHET, args.toArray(String[]::new));

    String what = args.toString().substring(0, Math.min(300, args.toString().length()));
    assertThat(run.code()).as(what).isIn((Object[]) codes);
    if (run.code() == 2 && codes.length == 1) {
      assertThat(run.out()).as(what).isEmpty();
    }
    assertThat(run.err().lines().toList())
        .as(what)
        .hasSizeLessThan(8)
        .allSatisfy(
            line ->
                assertThat(line)
                    .hasSizeLessThan(2000)
                    .doesNotContain("\tat ", "java.lang.", "java.nio.", "java.io.")
                    .doesNotContainPattern("[\\p{Cc}\\p{Cf}]"));
  }

  private static List<String> words(CommandSpec command) {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName().split(" ")));
    words.remove(0);
    return words;
  }

  static Stream<CommandSpec> commands() {
    List<CommandSpec> found = new ArrayList<>();
    collect(FRESHET, found);
    return found.stream();
  }

  /** Those that read a file or a folder, and end. */
  static Stream<CommandSpec> readers() {
    return commands().filter(command -> !command.positionalParameters().isEmpty());
  }

  private static void collect(CommandLine command, List<CommandSpec> found) {
    found.add(command.getCommandSpec());
    new LinkedHashSet<>(command.getSubcommands().values()).forEach(sub -> collect(sub, found));
  }
}
