package io.freshet.lab.bench.soak;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.event.RejectedException;
import io.freshet.lab.bench.serving.HttpConnection;
import io.freshet.lab.bench.serving.PublishedChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Honest clients among others, on a server whose versions change and whose store fails. */
final class Soak {
  private static final int CLIENTS = 4;
  private static final int CANDIDATES = 100;
  private static final Duration SWAP = Duration.ofSeconds(5);
  private static final Duration AWAY = Duration.ofSeconds(3);
  private static final int SWAPS_BETWEEN_FAILURES = 6;
  private static final double MOST_GROWTH = 1.1;
  private static final int SAMPLES_TO_JUDGE = 60; // 5 min: a heap grows first
  private static final String RESIDENT = "process_resident_memory_bytes";
  private static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"}";
  private static final String IN_FLIGHT = "freshet_request_bytes";

  private final PublishedChain chain;
  private final SoakServer server;
  private final Misuse misuse;
  private final long seed;
  private final String path;
  private final Answers answers;
  private final LongAdder right = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final List<Double> resident = new ArrayList<>();
  private final List<Double> heap = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int swaps;
  private int failures;

  Soak(PublishedChain chain, SoakServer server, long seed)
      throws IOException, InterruptedException, RejectedException {
    this.chain = chain;
    this.server = server;
    this.seed = seed;
    path = "/v1/models/bench:predict";
    misuse = new Misuse(server.address(), path);
    answers = new Answers(chain, CANDIDATES, seed);
  }

  void run(Duration length) throws Exception {
    List<Thread> others = start(misuse.clients(seed), "misuse");
    List<Runnable> honest = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int first = i;
      honest.add(() -> ask(first));
    }
    List<Thread> clients = start(honest, "client");
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      Thread.sleep(SWAP.toMillis());
      chain.pointTo(++swaps % chain.size());
      if (swaps % SWAPS_BETWEEN_FAILURES == 0) {
        fail();
      }
      resident.add(server.metric(RESIDENT));
      heap.add(server.metric(HEAP));
    }
    stop(others);
    stop(clients);
    judge();
  }

  private static List<Thread> start(List<Runnable> work, String name) {
    List<Thread> threads = new ArrayList<>();
    for (Runnable each : work) {
      Thread thread = new Thread(each, name);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    return threads;
  }

  private static void stop(List<Thread> threads) throws InterruptedException {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join(15_000);
    }
  }

  /** The root is away for a while, or the pointer in it is no JSON. */
  private void fail() throws IOException, InterruptedException {
    Path root = chain.root();
    Path away = root.resolveSibling(root.getFileName() + "-away");
    if (++failures % 2 == 0) {
      Files.writeString(root.resolve("latest.json"), "{\"format\":");
      Thread.sleep(AWAY.toMillis());
      Files.delete(root.resolve("latest.json"));
    } else {
      Files.move(root, away);
      Thread.sleep(AWAY.toMillis());
      Files.move(away, root);
    }
    chain.pointTo(swaps % chain.size());
  }

  private void ask(int first) {
    HttpConnection connection = null;
    try {
      for (int i = first; !Thread.currentThread().isInterrupted(); i++) {
        try {
          connection = connection == null ? new HttpConnection(server.address()) : connection;
          byte[] answer = connection.ask(HttpConnection.post(path, answers.body(i)));
          (answers.isRight(i, answer) ? right : wrong).increment();
        } catch (IOException e) {
          (String.valueOf(e.getMessage()).contains(" 429") ? refused : failed).increment();
          note("not answered: " + e.getMessage());
          close(connection);
          connection = null;
        }
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    } finally {
      close(connection);
    }
  }

  private static void close(HttpConnection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("a socket does not close", e);
    }
  }

  private synchronized void note(String problem) {
    if (problems.size() < 5 && !problem.contains(" 429")) {
      problems.add(problem);
    }
  }

  private void judge() throws Exception {
    Thread.sleep(2_000);
    double left = server.metric(IN_FLIGHT);
    if (wrong.sum() > 0 || right.sum() == 0) {
      problems.add("%s answers are wrong, %s right".formatted(wrong, right));
    }
    if (failed.sum() > 0) {
      problems.add(failed + " honest requests are not answered");
    }
    if (left != 0) {
      problems.add("%s bytes stay in flight".formatted(left));
    }
    if (resident.size() >= SAMPLES_TO_JUDGE && growth(resident) > MOST_GROWTH) {
      problems.add("resident memory has grown by the factor " + growth(resident));
    }
  }

  /** The mean of the last quarter by that of the second, as a start is no measure. */
  private static double growth(List<Double> samples) {
    int quarter = Math.max(1, samples.size() / 4);
    return mean(samples.subList(samples.size() - quarter, samples.size()))
        / mean(
            samples.subList(
                Math.min(quarter, samples.size() - 1), Math.min(2 * quarter, samples.size())));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  List<String> lines() {
    return List.of(
        String.format(
            Locale.ROOT,
            "answers of %d candidates: %,d right, %,d wrong, %,d refused (429), %,d not answered",
            CANDIDATES,
            right.sum(),
            wrong.sum(),
            refused.sum(),
            failed.sum()),
        String.format(
            Locale.ROOT,
            "misuse: %,d requests; %,d swaps, %,d failures of the store",
            misuse.requests(),
            swaps,
            failures),
        String.format(
            Locale.ROOT,
            "memory, last quarter by second: resident %.3f (%.0f MB), heap %.3f",
            growth(resident),
            mean(resident) / 1e6,
            growth(heap)));
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("candidates", CANDIDATES)
        .put("right", right.sum())
        .put("wrong", wrong.sum())
        .put("refused", refused.sum())
        .put("failed", failed.sum())
        .put("misuse", misuse.requests())
        .put("swaps", swaps)
        .put("store_failures", failures)
        .put("resident_growth", growth(resident))
        .put("resident_bytes", Math.round(mean(resident)))
        .put("heap_growth", growth(heap));
  }
}
