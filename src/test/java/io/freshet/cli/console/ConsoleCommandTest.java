package io.freshet.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that have a console, as they are run. */
@Timeout(60)
class ConsoleCommandTest {
  private static final Pattern ADDRESS = Pattern.compile("console at (http://[0-9.:]+/)");

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(strings = {"console --port 0", "serve --port 0 --console-port 0"})
  void thePageIsServedUntilTheCommandIsStopped(String command) throws Exception {
    StringWriter said = new StringWriter();
    Thread running = new Thread(() -> CommandRun.printingTo(said, arguments(command)));
    running.start();

    URI address = URI.create(await(ADDRESS, said));

    String page =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
            .body();
    assertThat(page).contains("<title>Freshet console</title>");
    running.interrupt();
    running.join();
  }

  @ParameterizedTest
  @CsvSource({
    "console --port 65536, --port 65536 is not in 0..65535",
    "serve --console-port 65536, --console-port 65536 is not in 0..65535",
    "console --serving ftp://here, '--serving ftp://here is no address; http://localhost:8081 is'",
    "console --flink-url localhost:8081, '--flink-url localhost:8081 is no address'",
    "console --property a=b, '--property is for Kafka, which --bootstrap-servers names'"
  })
  void optionsThatDoNotFitAreRefused(String command, String why) {
    CommandRun run = CommandRun.of(arguments(command));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(why);
  }

  private String[] arguments(String command) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(1, List.of("--snapshots", root.toString()));
    return arguments.toArray(String[]::new);
  }

  private static String await(Pattern pattern, StringWriter said) throws InterruptedException {
    Matcher matcher = pattern.matcher(said.toString());
    while (!matcher.find()) {
      Thread.sleep(20);
      matcher = pattern.matcher(said.toString());
    }
    return matcher.group(1);
  }
}
