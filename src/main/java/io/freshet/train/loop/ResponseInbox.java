package io.freshet.train.loop;

import static java.util.Objects.requireNonNull;

import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Responses on their way to the trainer's thread. The rows of a batch wait here until the last part
 * has come, and are taken together: waking the trainer for each part, with many shards, costs more
 * than learning.
 *
 * <p>The trainer expects parts, other threads bring them.
 */
final class ResponseInbox implements Consumer<ShardResponse> {
  private final Consumer<List<ShardResponse>> trainer;
  private final Map<Long, Parts> batches = new ConcurrentHashMap<>();

  /**
   * @param trainer takes what is complete, as a mail
   */
  ResponseInbox(Consumer<List<ShardResponse>> trainer) {
    this.trainer = requireNonNull(trainer, "trainer");
  }

  /** To be called for all parts of a batch before the first of its lookups is sent. */
  void expectPartOf(long batch) {
    batches.computeIfAbsent(batch, any -> new Parts()).missing++;
  }

  @Override
  public void accept(ShardResponse response) {
    if (!(response instanceof Rows rows)) {
      trainer.accept(List.of(response));
      return;
    }
    Parts parts = batches.get(rows.batch());
    if (parts == null) {
      throw new IllegalStateException(
          "rows for batch " + rows.batch() + ", of which none are expected");
    }
    if (parts.isLast(rows)) {
      batches.remove(rows.batch());
      trainer.accept(parts.come);
    }
  }

  /** Those of a batch. */
  private static final class Parts {
    private final List<ShardResponse> come = new ArrayList<>();
    private int missing; // set by the trainer, before another thread knows of the batch

    synchronized boolean isLast(Rows rows) {
      come.add(rows);
      return --missing == 0;
    }
  }
}
