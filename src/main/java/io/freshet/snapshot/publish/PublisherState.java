package io.freshet.snapshot.publish;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.write.PublisherInput;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the publisher keeps in a checkpoint.
 *
 * @param lineage the lineage that versions are published in
 * @param run the job that publishes in it; a job that starts from this state is another, and takes
 *     a lineage of its own
 * @param ownUpTo highest checkpoint of the lineage that is surely of this run: versions of the
 *     lineage beyond it, or between the unpublished checkpoints, were published by a run that went
 *     on from here before
 * @param published the last version published; the parent of the next
 * @param unpublished what is not published yet, ascending; the last is that of the checkpoint
 *     itself
 * @param incomplete whether the lineage waits for all rows, as its first version builds on no other
 * @param windows what the gate judges by, oldest first
 * @param shape the model's, as text; empty in states of earlier versions
 * @param taskWindows the windows of tasks in addition to the first, by their names
 */
public record PublisherState(
    String lineage,
    String run,
    long ownUpTo,
    Optional<Version> published,
    List<CheckpointContents> unpublished,
    boolean incomplete,
    List<PublisherInput.Window> windows,
    String shape,
    Map<String, List<PublisherInput.Window>> taskWindows) {
  public PublisherState {
    requireNonNull(lineage, "lineage");
    requireNonNull(run, "run");
    requireNonNull(published, "published");
    requireNonNull(shape, "shape");
    unpublished = List.copyOf(unpublished);
    windows = List.copyOf(windows);
    taskWindows = Map.copyOf(taskWindows);
    if (unpublished.isEmpty()) {
      throw new IllegalArgumentException("a state holds at least its own checkpoint's contents");
    }
  }

  /** That of a model of one task. */
  public PublisherState(
      String lineage,
      String run,
      long ownUpTo,
      Optional<Version> published,
      List<CheckpointContents> unpublished,
      boolean incomplete,
      List<PublisherInput.Window> windows,
      String shape) {
    this(lineage, run, ownUpTo, published, unpublished, incomplete, windows, shape, Map.of());
  }

  /**
   * What a model of another shape starts with, in a lineage of its own: neither a version to build
   * on nor rows that wait, as its shards send all of theirs; figures, offsets and windows go on.
   */
  PublisherState reshaped(String freshLineage, String newRun, String newShape) {
    CheckpointContents last = unpublished.get(unpublished.size() - 1);
    return new PublisherState(
        freshLineage,
        newRun,
        last.checkpoint(),
        Optional.empty(),
        List.of(last.withoutModel()),
        false,
        windows,
        newShape,
        taskWindows);
  }
}
