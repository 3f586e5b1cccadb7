package io.freshet.serve.predict;

import static java.util.Objects.requireNonNull;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.request.HttpError;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A model of the server: what follows its snapshots, its idle scorers and its counts. Scorers go
 * from version to version: their memory, some of it outside the heap, is allocated once.
 */
public final class FollowedModel {
  private final SnapshotFollower follower;
  private final Optional<String> name;
  private final Queue<Scorer> idle = new ConcurrentLinkedQueue<>();
  private final ScoreCounts counts = new ScoreCounts();
  private final ShadowCounts shadowed = new ShadowCounts();
  private volatile boolean warm;

  /**
   * A model that a follower holds.
   *
   * @param name the snapshots' own where absent
   */
  public FollowedModel(SnapshotFollower follower, Optional<String> name) {
    this.follower = requireNonNull(follower, "follower");
    this.name = requireNonNull(name, "name");
  }

  public SnapshotFollower follower() {
    return follower;
  }

  /** The name, once it is known. */
  public Optional<String> name() {
    return name.or(() -> follower.model().map(model -> model.manifest().name()));
  }

  /** The model; refused before the first. */
  public ServedModel model() throws HttpError {
    return follower.model().orElseThrow(PredictionService::noModel);
  }

  ScoreCounts counts() {
    return counts;
  }

  /** What it has scored as a shadow. */
  ShadowCounts shadowed() {
    return shadowed;
  }

  /** Says that the first version has been warmed up. */
  void warmed() {
    warm = true;
  }

  /** What keeps it from answering as a balancer expects. */
  public Optional<String> obstacle() {
    if (follower.model().isEmpty()) {
      return Optional.of("no model has been loaded yet");
    }
    if (!follower.hasReadPointer()) {
      return Optional.of("the pointer to the current version has not been read yet");
    }
    return warm ? Optional.empty() : Optional.of("the first model is being warmed up");
  }

  /** A scorer of a version that the caller holds; a newer one never affects it. */
  Scorer scorer(ServedModel model) {
    Scorer scorer = idle.poll();
    if (scorer == null || !scorer.fits(model)) {
      return model.newScorer();
    }
    scorer.reopen(model);
    return scorer;
  }

  /** Takes a closed scorer back. */
  void giveBack(Scorer scorer) {
    idle.add(scorer);
  }
}
