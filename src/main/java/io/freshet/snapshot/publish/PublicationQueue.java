package io.freshet.snapshot.publish;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LostException;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.wire.FullRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What has been published, and what waits to be: the publisher's rules, without its I/O.
 *
 * <p>Parts are cumulative: the version of checkpoint M holds all parts in (last published, M], so
 * those of an aborted checkpoint, or of a plain savepoint, which is never notified, go into the
 * next version. A checkpoint is <em>due</em> once it is complete; a restored one is complete by
 * that alone. Due checkpoints are published in order; when more than {@link #BACKLOG} wait, those
 * in the middle are folded into the next, so that memory stays bounded while the store is away.
 *
 * <p>After a restore the queue must {@link #join} the store before anything is due: only the store
 * knows what was published after the state was written, by this run or by another that went on from
 * the same state. Until then the state is written with what it was restored with, so that the
 * decision is not lost when the job fails before it was made.
 *
 * <p>A lineage belongs to one run: it survives the run's failures, and a job that starts from a
 * savepoint or a retained checkpoint takes a new one, whose first version follows what the restored
 * state knows. So two jobs started from one savepoint never write the same version.
 *
 * <p>What is lost for good is given up: the queue {@link #startOver starts over} in a lineage of
 * its own. That waits until the shards have sent all their rows, which the task asks them for; what
 * comes until then goes, with those rows, into the lineage's first version, a full.
 *
 * <p>Thread-safe: the task adds checkpoints, the I/O thread publishes them.
 */
final class PublicationQueue {
  static final int BACKLOG = 4;

  private final TreeMap<Long, CheckpointContents> unpublished = new TreeMap<>();
  private final TreeSet<Long> due = new TreeSet<>();
  private final String run;
  private String lineage;
  private String lineageRun;
  private Optional<Version> published = Optional.empty();
  private boolean joined;
  private boolean incomplete; // rows are missing that only the shards have
  private boolean unfinished; // a version that was found still lacks its last step
  private long ownUpTo = Long.MAX_VALUE;

  /**
   * Starts from nothing.
   *
   * @param run names the job, the same through its failures
   */
  PublicationQueue(String lineage, String run) {
    this.lineage = lineage;
    this.run = run;
    lineageRun = run;
  }

  /** Goes on from a checkpoint's state. */
  PublicationQueue(PublisherState state, String run) {
    this.run = run;
    lineage = state.lineage();
    lineageRun = state.run();
    published = state.published();
    incomplete = state.incomplete();
    state.unpublished().forEach(contents -> unpublished.put(contents.checkpoint(), contents));
    ownUpTo = Math.min(state.ownUpTo(), unpublished.lastKey());
    complete(unpublished.lastKey());
  }

  /**
   * A version to publish.
   *
   * @param parts in the order of their barriers: a later part's row replaces an earlier one's
   * @param parent the version that it follows; absent for the first of all, which is full
   * @param histories as {@code parts}, of histories
   */
  record Due(
      Version version,
      Optional<Version> parent,
      List<PublisherInput.Part> parts,
      List<PublisherInput.Part> histories,
      CheckpointContents contents) {
    public Due {
      parts = List.copyOf(parts);
      histories = List.copyOf(histories);
    }

    /** The parts of a single checkpoint. */
    static Due of(Version version, Optional<Version> parent, CheckpointContents contents) {
      return new Due(version, parent, contents.parts(), contents.histories(), contents);
    }
  }

  synchronized void add(CheckpointContents contents) {
    boolean waits = contents.withheld() || incomplete;
    unpublished.put(contents.checkpoint(), waits ? contents.asWithheld().withoutDense() : contents);
  }

  /** The state at the checkpoint that was added last. */
  synchronized PublisherState state(
      List<PublisherInput.Window> windows,
      Map<String, List<PublisherInput.Window>> taskWindows,
      String shape) {
    long own = joined ? unpublished.lastKey() : ownUpTo;
    return new PublisherState(
        lineage,
        lineageRun,
        own,
        published,
        List.copyOf(unpublished.values()),
        incomplete,
        windows,
        shape,
        taskWindows);
  }

  synchronized void complete(long checkpoint) {
    CheckpointContents contents = unpublished.get(checkpoint);
    if (contents == null || contents.dense().isEmpty() || contents.withheld()) {
      return;
    }
    due.add(checkpoint);
    unpublished.headMap(checkpoint).replaceAll((id, c) -> due.contains(id) ? c : c.withoutDense());
    if (due.size() > BACKLOG) {
      long folded = due.lower(due.last());
      due.remove(folded);
      unpublished.computeIfPresent(folded, (id, c) -> c.withoutDense());
    }
    notifyAll();
  }

  synchronized void abort(long checkpoint) {
    if (!due.contains(checkpoint)) {
      unpublished.computeIfPresent(checkpoint, (id, contents) -> contents.withoutDense());
    }
  }

  /**
   * Takes the place in the chain that the store allows.
   *
   * @param store the complete versions there
   * @param draw a new lineage
   * @return a version of this chain that was published after the state was written, perhaps not to
   *     its last step
   * @throws LostException where the store lacks the version that the next one must follow
   */
  synchronized Optional<Version> join(Collection<Version> store, Supplier<String> draw)
      throws IOException {
    if (published.isPresent() && !store.contains(published.get())) {
      throw new LostException(
          "the store lacks version %s, which the next one must follow: bring its folder back"
              .formatted(published.get()));
    }
    List<Version> after =
        store.stream().filter(v -> v.lineage().equals(lineage) && isAfterPublished(v)).toList();
    Optional<Version> found = after.stream().filter(this::isOwn).max(Version::compareTo);
    boolean branch = !lineageRun.equals(run) || !after.stream().allMatch(this::isOwn);
    found.ifPresent(this::published);
    if (branch) {
      branchOff(draw.get());
    }
    unfinished = !branch && found.isPresent();
    joined = true;
    notifyAll();
    return branch ? Optional.empty() : found;
  }

  /** Notes that the version which {@link #join} found is out to its last step. */
  synchronized void finished() {
    unfinished = false;
  }

  /** Gives up all that waits, and begins a lineage whose first version is a full. */
  synchronized void startOver(String fresh) {
    branchOff(fresh);
    published = Optional.empty();
    if (!unpublished.isEmpty()) {
      CheckpointContents last = unpublished.lastEntry().getValue();
      unpublished.clear();
      unpublished.put(last.checkpoint(), last.withoutModel());
    }
    due.clear();
    incomplete = true;
    unfinished = false;
    joined = true;
  }

  /** The lineage that all rows are to be sent for, or none. */
  synchronized String request() {
    return incomplete && joined ? lineage : FullRequest.NONE;
  }

  /** Notes that the parts of the next checkpoint, and before, hold all rows for a lineage. */
  synchronized void sent(String all) {
    incomplete &= !all.equals(lineage);
  }

  /** Goes on in a lineage of its own, on the same parent. */
  synchronized void branchOff(String fresh) {
    lineage = fresh;
    lineageRun = run;
  }

  private boolean isAfterPublished(Version version) {
    return published
        .filter(p -> p.lineage().equals(version.lineage()))
        .map(p -> version.compareTo(p) > 0)
        .orElse(true);
  }

  private boolean isOwn(Version version) {
    return version.checkpoint() <= ownUpTo && unpublished.containsKey(version.checkpoint());
  }

  /** Waits for the next version to publish. */
  synchronized Due awaitDue() throws InterruptedException {
    while (!joined || due.isEmpty()) {
      wait();
    }
    long checkpoint = due.first();
    List<PublisherInput.Part> parts = new ArrayList<>();
    List<PublisherInput.Part> histories = new ArrayList<>();
    for (CheckpointContents contents : unpublished.headMap(checkpoint, true).values()) {
      parts.addAll(contents.parts());
      histories.addAll(contents.histories());
    }
    Version version = new Version(lineage, checkpoint);
    return new Due(version, published, parts, histories, unpublished.get(checkpoint));
  }

  /** Notes that a version is out: what it holds no longer waits. */
  synchronized void published(Version version) {
    published = Optional.of(version);
    unpublished.headMap(version.checkpoint(), true).clear();
    due.headSet(version.checkpoint(), true).clear();
    notifyAll();
  }

  /** The version that the next one follows. */
  synchronized Optional<Version> lastPublished() {
    return published;
  }

  /** Whether a complete checkpoint still waits for its publication, or for its last step. */
  synchronized boolean hasDue() {
    return unfinished || !due.isEmpty();
  }

  /** Paths of the parts that wait for publication. */
  synchronized List<String> waitingParts() {
    return unpublished.values().stream()
        .flatMap(contents -> Stream.of(contents.parts(), contents.histories()))
        .flatMap(List::stream)
        .map(PublisherInput.Part::path)
        .toList();
  }
}
