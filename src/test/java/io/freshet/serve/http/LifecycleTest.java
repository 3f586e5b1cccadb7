package io.freshet.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.limit.ExplainLimits;
import io.freshet.serve.limit.RequestLimits;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a server is ready for balancers: not before the first model is warm. */
@Timeout(60)
class LifecycleTest {
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final String ONE = "{\"instances\": [{\"features\": {\"user\": \"u1\"}}]}";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Path root;
  private SnapshotFollower follower;
  private ModelServer server;

  @AfterEach
  void stop() throws Exception {
    server.close();
    follower.close();
  }

  @Test
  void itIsReadyOnceTheFirstModelIsWarm() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    HookedRows rows = new HookedRows();
    rows.hook =
        () -> {
          begun.countDown();
          await(goOn);
        };
    start(rows);
    assertThat(get("/readyz").body()).contains("no model has been loaded yet");

    publish();
    CompletableFuture<Void> look = CompletableFuture.runAsync(follower::look);
    await(begun);

    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("the first model is being warmed up");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    goOn.countDown();
    look.get();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body()).contains("freshet_instances_total{model=\"ctr\"} 0.0");
  }

  @Test
  void aWarmUpThatFailsKeepsNobodyWaiting() throws Exception {
    HookedRows rows = new HookedRows();
    rows.hook =
        () -> {
          throw new IllegalStateException("broken");
        };
    start(rows);
    publish();
    follower.look();

    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void itIsNotReadyBeforeItHasReadThePointer() throws Exception {
    start(new RocksStore(folder.resolve("store"), 8 << 20));
    publish();
    follower.look();
    stop();
    Files.move(root, folder.resolve("away"));
    start(new RocksStore(folder.resolve("store"), 8 << 20));
    follower.look();

    assertThat(predict().statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("the pointer to the current version has not been");
    Files.move(folder.resolve("away"), root);
    follower.look();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void aServerThatDrainsIsNotReadyAndAnswers() throws Exception {
    start(new HookedRows());
    publish();
    follower.look();
    assertThat(predict().headers().firstValue("Connection")).isEmpty();

    long start = System.nanoTime();
    CompletableFuture<Void> drained = CompletableFuture.runAsync(this::drain);
    while (get("/readyz").statusCode() == 200) {
      Thread.sleep(10);
    }

    assertThat(get("/readyz").body()).contains("the server is stopping");
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    HttpResponse<String> answer = predict();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Connection")).contains("close");
    assertThat(drained).isNotDone();
    drained.get(20, TimeUnit.SECONDS);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(DRAIN.toNanos());
  }

  @Test
  void aServerThatIsNotReadyHasNothingToDrain() throws Exception {
    start(new HookedRows());

    long start = System.nanoTime();
    server.drain();

    assertThat(System.nanoTime() - start).isLessThan(DRAIN.toNanos());
  }

  private void start(RowStore rows) throws Exception {
    root = folder.resolve("root");
    follower =
        new SnapshotFollower(
            new SnapshotStore(new LocalStorage(root)), rows, InstantSource.system());
    server =
        new ModelServer(
            follower,
            Optional.of("ctr"),
            new ServeSettings(
                "127.0.0.1",
                0,
                RequestLimits.DEFAULT,
                ExplainLimits.DEFAULT,
                new ConnectionLimits(100, Duration.ofSeconds(65), DRAIN, Duration.ofSeconds(5))));
    server.start();
  }

  private void publish() throws Exception {
    new SampleModel(root).full(new Version("0badcafe", 1), 0.25f, 0, 3L << 52 | 1);
  }

  private void drain() {
    try {
      server.drain();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> predict() throws Exception {
    return client.send(
        request("/v1/models/ctr:predict").POST(HttpRequest.BodyPublishers.ofString(ONE)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:%s%s".formatted(server.address().getPort(), path)));
  }
}
