package io.freshet.snapshot.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Calls of a store several at a time, since one that is far away is mostly waited for. */
public final class StorageCalls {
  private static final int AT_ONCE = 8;

  private StorageCalls() {}

  /** A call, and what comes of it. */
  public interface Call<T> {
    T run() throws IOException;
  }

  /**
   * Makes the calls. None goes on after this has returned or thrown.
   *
   * @return what comes of them, in their order
   * @throws IOException of the first that failed; those that were not yet begun are left out
   * @throws InterruptedIOException where the thread was interrupted, and stays so
   */
  public static <T> List<T> make(List<Call<T>> calls) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(AT_ONCE, Math.max(1, calls.size())), StorageCalls::daemon);
    try {
      List<Future<T>> made = new ArrayList<>();
      calls.forEach(call -> made.add(threads.submit((Callable<T>) call::run)));
      List<T> results = new ArrayList<>();
      for (Future<T> one : made) {
        results.add(result(one));
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("calls of a store were interrupted");
    } finally {
      end(threads);
    }
  }

  private static <T> T result(Future<T> call) throws IOException, InterruptedException {
    try {
      return call.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException("a call threw what it does not declare", e);
    }
  }

  /** Waits for those under way: what they write must not appear later. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable run) {
    Thread thread = new Thread(run, "snapshot-store-call");
    thread.setDaemon(true);
    return thread;
  }
}
