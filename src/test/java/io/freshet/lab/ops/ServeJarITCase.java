package io.freshet.lab.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.PublisherRig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar that serves, run as its image runs it: nothing else is on the class path. */
final class ServeJarITCase {
  private static final Pattern SERVING = Pattern.compile("serving \\S+ at (http://\\S+)");
  private static final Pattern CONSOLE = Pattern.compile("console at (http://\\S+)");

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void itAnswersWithTheNewestSnapshotAndShowsIt(String store) throws Exception {
    Path root = folder.resolve("snapshots");
    Version newest = PublisherRig.publishSample(root).get(1);
    List<String> arguments = new ArrayList<>(List.of("serve", "--snapshots", root.toString()));
    arguments.addAll(List.of("--name", "ads", "--port", "0", "--console-port", "0"));
    arguments.addAll(List.of("--store", store));
    if (store.equals("rocksdb")) {
      arguments.addAll(List.of("--store-dir", folder.resolve("rows").toString()));
    }
    try (Processes ours = new Processes(folder, Map.of())) {
      Process serving = ours.startServeJar(arguments.toArray(String[]::new));
      ours.await(serving, "serve", () -> ours.said("serve").contains("ready: version " + newest));

      String said = ours.said("serve");
      String body = "{\"instances\": [{\"features\": {\"user\": \"u1\"}}]}";
      HttpRequest.Builder predict = to(SERVING, said, "/v1/models/ads:predict");
      assertThat(answer(predict.POST(BodyPublishers.ofString(body))))
          .contains("predictions", newest.toString());
      assertThat(answer(to(SERVING, said, "/metrics"))).contains("freshet");
      assertThat(answer(to(CONSOLE, said, ""))).contains("<title>");
      assertThat(answer(to(CONSOLE, said, "data/status"))).contains("panels");
      assertThat(said).doesNotContain("WARN", "ERROR", "Exception");
    }
  }

  @Test
  void itLooksAfterSnapshots() throws Exception {
    Path root = folder.resolve("snapshots");
    Version newest = PublisherRig.publishSample(root).get(1);
    try (Processes ours = new Processes(folder, Map.of())) {
      assertThat(ours.runServeJar(0, "snapshot", "ls", root.toString()))
          .contains(newest.toString());
      assertThat(ours.runServeJar(0, "snapshot", "verify", root.toString())).contains("ok");
      assertThat(ours.runServeJar(2, "train")).contains("Unmatched", "train");
    }
  }

  private static HttpRequest.Builder to(Pattern where, String said, String path) {
    Matcher address = where.matcher(said);
    assertThat(address.find()).as(said).isTrue();
    return HttpRequest.newBuilder(URI.create(address.group(1) + path));
  }

  private String answer(HttpRequest.Builder request) throws Exception {
    var response = client.send(request.build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }
}
