package io.freshet.lab.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.Main;
import io.freshet.job.TrainCommand;
import io.freshet.lab.docs.CommandTable.ByTest;
import io.freshet.lab.docs.DocumentedCommands.Command;
import io.freshet.serve.http.KnownRoutes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.cli.Options;
import org.apache.flink.client.cli.CliFrontendParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What the documentation tells people to type names real commands, options, paths and tests, and
 * each command is run by a test, or has a reason why not ({@link CommandTable}).
 */
final class DocumentedCommandsTest {
  private static final String VERSION = "3f9a1c07-0000000012";
  private static final Set<String> JARS = Set.of("target/freshet.jar", "freshet.jar");
  private static final Set<String> PHASES =
      Set.of("clean", "compile", "test-compile", "test", "package", "verify");
  private static final Set<String> FLINK_PATHS =
      Set.of("/jobs", "/overview", "/jobs/overview", "/taskmanagers", "/config");

  private static final CommandTable TABLE = CommandTable.read();

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("allCommands")
  void somethingRunsEveryCommand(Command command) {
    assertThat(TABLE.entry(command))
        .as(
            "%s: nothing runs it. Give it an entry in documented-commands.yaml: under run if it can"
                + " be run here, under by-tests if another test runs it, else under not-here",
            command)
        .isPresent();
  }

  @Test
  void everyEntryIsOfACommand() {
    List<Command> commands = TABLE.commands();
    assertThat(TABLE.entries())
        .allSatisfy(
            entry ->
                assertThat(TABLE.of(entry, commands)).as("commands of %s", entry).isNotEmpty());
  }

  @Test
  void testsThatRunCommandsExistAndHoldWhatProvesIt() throws IOException {
    for (ByTest entry : TABLE.byTests()) {
      Path file = Path.of(entry.test());
      Path source = Files.exists(file) ? file : source(entry.test());
      assertThat(Files.readString(source)).as("%s", entry).contains(entry.proof());
    }
    for (String test : TABLE.pages().values()) {
      assertThat(source(test)).exists();
    }
  }

  @Test
  void whatNoTestRunsHasAReason() {
    assertThat(TABLE.notHere()).allSatisfy(entry -> assertThat(entry.because()).isNotBlank());
  }

  @ParameterizedTest
  @MethodSource("javaCommands")
  void ourCommandsParse(Command command) {
    List<String> words = command.words();
    int jar = words.indexOf("-jar");
    assertThat(JARS).as("the jar of %s", command).contains(words.get(jar + 1));

    parse(Main.commandLine(), words.subList(jar + 2, words.size()), command);
  }

  @ParameterizedTest
  @MethodSource("curlCommands")
  void curlAsksForWhatIsThere(Command command) throws IOException {
    List<String> words = command.words();
    URI url =
        words.stream()
            .filter(word -> word.matches("(http://)?[a-z][a-z0-9.-]*:[0-9]+/.*"))
            .findFirst()
            .map(word -> URI.create(word.startsWith("http") ? word : "http://" + word))
            .orElseThrow(() -> new AssertionError("no address in " + command));

    if (url.getPort() == 8081) {
      assertThat(FLINK_PATHS).contains(url.getPath());
    } else if (url.getPort() == 8500) {
      assertThat(KnownRoutes.has(url.getPath())).as("%s", command).isTrue();
    }
    int body = words.indexOf("-d");
    if (body >= 0 && !words.get(body + 1).startsWith("@")) {
      assertThat(new ObjectMapper().readTree(words.get(body + 1)).isObject()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("mavenCommands")
  void mavenIsToldOfRealPhasesExecutionsAndTests(Command command) throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    List<String> words = command.words();
    for (String word : words.subList(1, words.size())) {
      if (word.matches("-D(it\\.)?test=.*")) {
        for (String test : word.replaceFirst(".*?=", "").split(",")) {
          assertThat(test.equals("none") || test.contains("*") || exists(test)).as(test).isTrue();
        }
      } else if (word.contains("@")) {
        assertThat(pom).contains("<id>" + word.replaceFirst(".*@", "") + "</id>");
      } else if (!word.startsWith("-")) {
        assertThat(PHASES).contains(word);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("flinkCommands")
  void flinkIsToldOfOptionsThatItHas(Command command) throws Exception {
    List<String> words = new ArrayList<>(command.words());
    words.removeIf(word -> word.startsWith("-D")); // any setting of Flink's
    String action = words.get(1);
    List<String> args = words.subList(2, words.size());
    Map<String, Options> known =
        Map.of(
            "run", CliFrontendParser.getRunCommandOptions(),
            "stop", options("getStopCommandOptions"),
            "savepoint", options("getSavepointCommandOptions"),
            "cancel", options("getCancelCommandOptions"),
            "list", options("getListCommandOptions"));
    assertThat(known).containsKey(action);

    var parsed = CliFrontendParser.parse(known.get(action), args.toArray(String[]::new), true);

    if (action.equals("run")) {
      List<String> rest = parsed.getArgList();
      assertThat(rest.get(0)).endsWith("freshet-job.jar");
      parse(new CommandLine(new TrainCommand()), rest.subList(1, rest.size()), command);
    }
  }

  @Test
  void thePagesHoldCommandsOfEachSort() {
    assertThat(javaCommands().count()).isGreaterThan(20);
    assertThat(curlCommands().count()).isGreaterThan(2);
    assertThat(mavenCommands().count()).isGreaterThan(2);
    assertThat(flinkCommands().count()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksBetweenPagesLeadSomewhere(Path page) throws IOException {
    var links =
        java.util.regex.Pattern.compile("\\]\\((?!https?:|#)([^)#]+)(#[^)]*)?\\)")
            .matcher(Files.readString(page));
    while (links.find()) {
      Path to = page.resolveSibling(links.group(1)).normalize();
      assertThat(Files.exists(to)).as("%s links to %s", page, links.group(1)).isTrue();
    }
  }

  private void parse(CommandLine commandLine, List<String> words, Command command) {
    List<String> args = new ArrayList<>();
    for (String word : words) {
      String plain = word.replaceAll("[\\[\\]]", "");
      boolean version = Set.of("VERSION", "A", "B").contains(plain);
      args.add(version ? VERSION : plain.equals("ROOT") ? folder.toString() : word(word, plain));
    }
    try {
      commandLine.parseArgs(args.toArray(String[]::new));
    } catch (ParameterException e) {
      String absent = e.getMessage().replaceFirst("(?s).*there is no folder ", "");
      if (args.contains(absent)) {
        args.replaceAll(arg -> arg.equals(absent) ? folder.toString() : arg);
        assertThatCode(() -> commandLine.parseArgs(args.toArray(String[]::new)))
            .as("%s", command)
            .doesNotThrowAnyException();
      } else {
        throw new AssertionError(command + ": " + e.getMessage(), e);
      }
    }
  }

  /** Brackets are for what may be left out, unless they belong to a value. */
  private static String word(String word, String plain) {
    return word.startsWith("[") && word.endsWith("]") ? plain : word;
  }

  private static Options options(String name) throws ReflectiveOperationException {
    var method = CliFrontendParser.class.getDeclaredMethod(name);
    method.setAccessible(true); // only those of run are public
    return (Options) method.invoke(null);
  }

  private static boolean exists(String test) throws IOException {
    return Files.exists(source(test));
  }

  /** Where the class is, or would be. */
  private static Path source(String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      return files
          .filter(file -> file.endsWith(test + ".java"))
          .findFirst()
          .orElse(Path.of(test + ".java"));
    }
  }

  static Stream<Path> pages() {
    return DocumentedCommands.pages().stream();
  }

  static Stream<Command> allCommands() {
    return TABLE.commands().stream();
  }

  static Stream<Command> javaCommands() {
    return startingWith("java ").filter(command -> command.words().contains("-jar"));
  }

  static Stream<Command> curlCommands() {
    return startingWith("curl ");
  }

  static Stream<Command> mavenCommands() {
    return startingWith("mvn ");
  }

  static Stream<Command> flinkCommands() {
    return Stream.concat(startingWith("flink "), startingWith("bin/flink "));
  }

  private static Stream<Command> startingWith(String word) {
    return pages()
        .flatMap(page -> DocumentedCommands.commands(page).stream())
        .filter(command -> !command.isInText() && command.text().startsWith(word));
  }
}
