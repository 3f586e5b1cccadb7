package io.freshet.serve.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the file of models under a running server. */
class ModelsFileTest {
  private static final Version OLD = new Version("0badcafe", 3);
  private static final Version NEW = new Version("0badcafe", 4);
  private static final Version WIDE = new Version("0badbeef", 7);
  private static final String ONE = "{'instances': [{'features': {'user': 'u1'}}]}";

  @TempDir Path folder;
  private Path file;
  private ServedModelsFile served;

  @BeforeEach
  void start() throws Exception {
    SampleModel ctr = new SampleModel(folder.resolve("ctr"));
    ctr.full(OLD, 0.25f, 0.125f, List.of(1L << 52));
    ctr.full(NEW, 0.3f, 0.125f, List.of(1L << 52));
    new SampleModel(folder.resolve("wide")).full(WIDE, 0.5f, 0.25f, List.of(1L << 52));
    file = folder.resolve("models.yaml");
    write("models: [{name: ctr, root: %s/ctr}]");
    served = new ServedModelsFile(file);
    served.awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  private void write(String yaml) throws IOException {
    Files.writeString(file, yaml.replace("%s", folder.toString()));
  }

  private String version(String model) throws Exception {
    return served.post("/v1/models/" + model + ":predict", ONE).path("model_version").asText();
  }

  @Test
  void modelsComeChangeAndGoWhileRequestsFlow() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread client =
          new Thread(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  try {
                    var answer = served.response("/v1/models/ctr:predict", ONE);
                    answered.incrementAndGet();
                    if (answer.statusCode() != 200) {
                      failures.add(answer.statusCode() + " " + answer.body());
                    }
                  } catch (InterruptedException e) {
                    return;
                  } catch (IOException e) {
                    failures.add(e.toString());
                  }
                }
              });
      clients.add(client);
      client.start();
    }

    write(
        """
        models:
          - {name: ctr, root: %s/ctr}
          - {name: wide, root: %s/wide, store: rocksdb, store-dir: %s/rows, store-memory: 16}
        splits: [{name: ads, by: user, shares: {ctr: 0, wide: 100}}]
        """);
    served.awaitReloads(1);
    assertThat(version("ads")).isEqualTo(WIDE.toString());
    write(
        """
        models:
          - {name: ctr, root: %s/ctr, version: 0badcafe-0000000003}
          - {name: wide, root: %s/wide}
        splits: [{name: ads, by: user, shares: {ctr: 100, wide: 0}}]
        """);
    served.awaitReloads(2);
    while (!version("ads").equals(OLD.toString())) {
      Thread.sleep(5);
    }
    write("models: [{name: ctr, root: %s/ctr}, {name: other, root: %s/ctr}]");
    served.awaitReloads(3);
    assertThat(version("other")).isEqualTo(NEW.toString());
    assertThat(served.response("/v1/models/wide:predict", ONE).statusCode()).isEqualTo(404);
    int before = answered.get();
    served.await(() -> answered.get() > before + 50);
    clients.forEach(Thread::interrupt);
    for (Thread client : clients) {
      client.join();
    }

    assertThat(failures).isEmpty();
    while (!version("ctr")
        .equals(NEW.toString())) { // its pin is gone, so it follows at its next look
      Thread.sleep(5);
    }
    assertThat(served.text("/metrics"))
        .contains("freshet_models_file_reloads_total 3.0", "freshet_models_file_failing 0.0")
        .doesNotContain("model=\"wide\"");
  }

  @Test
  void aFileThatIsWrongChangesNothing() throws Exception {
    write("models: [{name: ctr, root: %s/wide}, {name: ctr, rot: %s}]");

    served.awaitProblem("models[2].name: ctr is there twice (models.yaml:1:");
    assertThat(version("ctr")).isEqualTo(NEW.toString());
    assertThat(served.get("/readyz").path("ready").asBoolean()).isTrue();
    assertThat(served.get("/readyz").path("models_file").asText()).contains("models[2].name");
    assertThat(served.text("/metrics"))
        .contains("freshet_models_file_failing 1.0", "freshet_models_file_failures_total 1.0");

    Files.delete(file);
    served.awaitProblem("no such file");

    write("models: [{name: ctr, root: %s/ctr}]");
    served.await(() -> metric("freshet_models_file_failing 0.0"));
    assertThat(version("ctr")).isEqualTo(NEW.toString());
  }

  private boolean metric(String line) {
    try {
      return served.text("/metrics").contains(line);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aModelWithoutSnapshotsIsWaitedFor() throws Exception {
    write("models: [{name: late, root: %s/late}]");

    served.awaitProblem("not ready yet: no model has been loaded yet");
    assertThat(version("ctr")).isEqualTo(NEW.toString());
    assertThat(served.response("/v1/models/late:predict", ONE).statusCode()).isEqualTo(404);

    new SampleModel(folder.resolve("late")).full(WIDE, 0.5f, 0.25f, List.of(1L << 52));
    served.awaitReloads(1);
    assertThat(version("late")).isEqualTo(WIDE.toString());
    assertThat(served.response("/v1/models/ctr:predict", ONE).statusCode()).isEqualTo(404);
  }

  @Test
  void aFolderOfRowsIsTakenOverOnceItsModelIsClosed() throws Exception {
    write("models: [{name: ctr, root: %s/ctr, store: rocksdb, store-dir: %s/rows}]");
    served.awaitReloads(1);

    write("models: [{name: ctr, root: %s/wide, store: rocksdb, store-dir: %s/rows}]");
    served.awaitProblem("store-dir " + folder + "/rows is still in use for model \"ctr\"");
    assertThat(version("ctr")).isEqualTo(NEW.toString());

    write("models: [{name: ctr, root: %s/ctr}]");
    served.awaitReloads(2);
    write("models: [{name: ctr, root: %s/wide, store: rocksdb, store-dir: %s/rows}]");
    served.awaitReloads(3);
    assertThat(version("ctr")).isEqualTo(WIDE.toString());
  }
}
