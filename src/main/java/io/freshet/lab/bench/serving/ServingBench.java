package io.freshet.lab.bench.serving;

import io.freshet.event.RejectedException;
import io.freshet.feature.example.Example;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Roofline;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * A server, or the scorer alone, on snapshots of the learner. Clients run on the same machine, and
 * their share is not the server's.
 *
 * <p>Each round has its own roofline, measured just before: the candidates that all cores, or one,
 * score if forward products are all the work.
 */
final class ServingBench implements AutoCloseable {
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration ROUND = Duration.ofSeconds(3);
  private static final Duration AT_HALF_LOAD = Duration.ofSeconds(6);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int REQUESTS = 64; // different ones
  private static final int OPEN_CLIENTS = 16; // enough for one always to be free
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final Workload workload;
  private final PublishedChain chain;
  private final BenchOptions options;
  private final SnapshotFollower follower;
  private final ModelServer server;

  ServingBench(Workload workload, PublishedChain chain, BenchOptions options)
      throws IOException, InterruptedException {
    this.workload = workload;
    this.chain = chain;
    this.options = options;
    follower = new SnapshotFollower(chain.store(), InstantSource.system());
    server =
        new ModelServer(
            follower, Optional.empty(), ServeSettings.DEFAULT.withAddress("127.0.0.1", 0));
    follower.start(POLL);
    server.start();
    pointTo(chain.size() - 1);
  }

  ServingFigure scorer(String what, int candidates) throws RejectedException, InterruptedException {
    try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
      Candidates source = new Candidates(candidates, options.seed);
      List<List<Example>> requests = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        requests.add(source.examples(scorer));
      }
      score(scorer, requests, options.length(WARM_UP));
      Roofline roofline = new Roofline(workload.batchSize(), 1);
      List<ServingFigure.Round> measured = new ArrayList<>();
      for (int i = 0; i < options.rounds; i++) {
        Speed roof = roofline.flops().dividedBy(workload.forwardFlops());
        Speed.Mark mark = Speed.mark();
        measured.add(round(score(scorer, requests, options.length(ROUND)), candidates, mark, roof));
      }
      return new ServingFigure(what, candidates, 0, measured);
    }
  }

  private static Latencies score(Scorer scorer, List<List<Example>> requests, Duration length) {
    Latencies took = new Latencies();
    long start = System.nanoTime();
    for (long now = start; now - start < length.toNanos(); now = System.nanoTime()) {
      scorer.score(requests.get((int) (took.size() % requests.size())));
      took.add(Duration.ofNanos(System.nanoTime() - now));
    }
    return took;
  }

  /** The saturated server: twice as many clients as cores. */
  ServingFigure http(String what, int candidates) throws Exception {
    HttpLoad load = load(candidates);
    int clients = 2 * CORES;
    load.closed(clients, options.length(WARM_UP));
    Roofline roofline = new Roofline(workload.batchSize(), CORES);
    List<ServingFigure.Round> measured = new ArrayList<>();
    for (int i = 0; i < options.rounds; i++) {
      Speed roof = roofline.flops().dividedBy(workload.forwardFlops());
      Speed.Mark mark = Speed.mark();
      measured.add(round(load.closed(clients, options.length(ROUND)), candidates, mark, roof));
    }
    return new ServingFigure(what, candidates, clients, measured);
  }

  /**
   * The server at half of its capacity, requests arriving at random.
   *
   * @param full its capacity
   * @param deltas whether a delta is applied twice a second meanwhile
   */
  ServingFigure halfLoad(String what, ServingFigure full, boolean deltas) throws Exception {
    int candidates = full.candidates();
    HttpLoad load = load(candidates);
    double perSecond = full.candidatesPerSecond() / 2 / candidates;
    Roofline roofline = new Roofline(workload.batchSize(), CORES);
    List<ServingFigure.Round> measured = new ArrayList<>();
    for (int i = 0; i < options.rounds; i++) {
      Speed roof = roofline.flops().dividedBy(workload.forwardFlops());
      if (deltas) {
        pointTo(0);
      }
      Speed.Mark mark = Speed.mark();
      CompletableFuture<Void> walk =
          deltas ? CompletableFuture.runAsync(this::walk) : CompletableFuture.completedFuture(null);
      Latencies took = load.open(OPEN_CLIENTS, perSecond, halfLoad(), options.seed + i);
      walk.get();
      measured.add(round(took, candidates, mark, roof));
    }
    return new ServingFigure(what, candidates, OPEN_CLIENTS, measured);
  }

  /** Applies the deltas of the chain evenly over a round. */
  private void walk() {
    try {
      for (int i = 1; i < chain.size(); i++) {
        Thread.sleep(halfLoad().toMillis() / chain.size());
        chain.pointTo(i);
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private Duration halfLoad() {
    return options.length(AT_HALF_LOAD);
  }

  private void pointTo(int i) throws IOException, InterruptedException {
    chain.pointTo(i);
    Version wanted = chain.version(i);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!follower.model().map(model -> model.version().equals(wanted)).orElse(false)) {
      if (System.nanoTime() > end) {
        throw new IOException("version %s is not served: %s".formatted(wanted, follower.state()));
      }
      Thread.sleep(10);
    }
  }

  private HttpLoad load(int candidates) {
    Candidates source = new Candidates(candidates, options.seed);
    String path = "/v1/models/" + follower.model().orElseThrow().manifest().name() + ":predict";
    return new HttpLoad(
        server.address(),
        IntStream.range(0, REQUESTS)
            .mapToObj(i -> HttpConnection.post(path, source.body()))
            .toList());
  }

  private static ServingFigure.Round round(
      Latencies took, int candidates, Speed.Mark mark, Speed roofline) {
    Speed scored = mark.since((double) took.size() * candidates);
    return new ServingFigure.Round(scored, roofline, took);
  }

  long rows() {
    return follower.model().orElseThrow().size();
  }

  @Override
  public void close() throws IOException {
    server.close();
    follower.close();
  }
}
