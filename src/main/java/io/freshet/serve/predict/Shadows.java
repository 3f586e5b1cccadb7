package io.freshet.serve.predict;

import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.feature.example.Example;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.predict.Scored.ShadowVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has models score what others have answered, and answers nobody: on one thread, while a processor
 * is free, {@value Scorer#CHUNK} instances at a time. What does not fit {@value #MOST} waiting
 * instances is dropped and counted.
 */
final class Shadows {
  private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);
  static final int MOST = 10_000;
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final BooleanSupplier isBusy;
  private final Semaphore room = new Semaphore(MOST);
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> daemon(task));

  /**
   * No shadows yet.
   *
   * @param isBusy whether answers need all processors
   */
  Shadows(BooleanSupplier isBusy) {
    this.isBusy = isBusy;
    thread.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "shadow");
    thread.setDaemon(true);
    return thread;
  }

  /** Has models score what was answered, if there is room, and hands it on with their scores. */
  void offer(List<FollowedModel> shadows, Scored scored, Scored.Sink next) {
    int size = scored.scores().length;
    if (shadows.isEmpty()) {
      next.scored(scored);
    } else if (!room.tryAcquire(size)) {
      shadows.forEach(shadow -> shadow.shadowed().dropped(size));
      next.scored(scored);
    } else {
      thread.execute(() -> score(shadows, scored, next));
    }
  }

  private void score(List<FollowedModel> shadows, Scored scored, Scored.Sink next) {
    Map<ShadowVersion, float[]> scores = new LinkedHashMap<>();
    try {
      shadows.forEach(shadow -> score(shadow, scored, scores));
    } finally {
      room.release(scored.scores().length);
    }
    next.scored(scored.with(scores));
  }

  private void score(FollowedModel shadow, Scored scored, Map<ShadowVersion, float[]> scores) {
    List<FeatureValues> instances = scored.rows().features();
    Optional<ServedModel> model = shadow.follower().hold();
    if (model.isEmpty()) {
      shadow.shadowed().dropped(instances.size());
      return;
    }
    try {
      Scorer scorer = shadow.scorer(model.get());
      try (scorer) {
        ShadowVersion version = new ShadowVersion(shadow.name().orElse(""), model.get().version());
        scores.put(version, score(shadow, scorer, scored));
      }
      shadow.giveBack(scorer); // one that threw may be in any state and is left
    } catch (RejectedException e) { // what one model can hold, another need not
      shadow.shadowed().failed(instances.size());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) { // the next request is scored again
      if (shadow.shadowed().instancesFailed() == 0) {
        LOG.warn("the shadow {} could not score", shadow.name().orElse(""), e);
      }
      shadow.shadowed().failed(instances.size());
    } finally {
      model.get().release();
    }
  }

  private float[] score(FollowedModel shadow, Scorer scorer, Scored scored)
      throws RejectedException, InterruptedException {
    List<FeatureValues> instances = scored.rows().features();
    float[] scores = new float[instances.size()];
    for (int from = 0; from < scores.length; from += Scorer.CHUNK) {
      awaitProcessor();
      int to = Math.min(from + Scorer.CHUNK, instances.size());
      List<Example> examples = new ArrayList<>();
      for (FeatureValues features : instances.subList(from, to)) {
        examples.add(scorer.encode(features.by(scorer.names()), scored.time().toEpochMilli()));
      }
      float[] chunk = scorer.score(examples);
      shadow.shadowed().scored(chunk, scored.scores(), from);
      System.arraycopy(chunk, 0, scores, from, chunk.length);
    }
    return scores;
  }

  private void awaitProcessor() throws InterruptedException {
    while (isBusy.getAsBoolean()) {
      Thread.sleep(PAUSE.toMillis());
    }
  }
}
