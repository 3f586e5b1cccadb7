package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.LongIndex;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.kind.Predictor;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.LocalRowLifecycle;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowWeights;
import io.freshet.model.row.TableCounts;
import io.freshet.model.row.UnknownRows;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The plain single-thread learner: oracle of the tests and yardstick of the benchmarks.
 *
 * <p>The embedding table is one float array with the rows in order of first appearance. A call of
 * {@link #learn} is one communication batch of the job. By the settings of the table, features wait
 * for their rows and lose them as in the job; there is no limit of rows, as what a shard evicts
 * depends on its share of the table.
 *
 * <p>The table exceeds the processor's caches, so a batch's rows are found, read and written in a
 * pass each, in which none waits for another: the cache misses of a pass overlap.
 */
public final class LocalLearner {
  private final FeatureSchema schema;
  private final ModelSettings model;
  private final RowLayout layout;
  private final DenseParameters dense;
  private final Gauge gauge;
  private final BatchLearner learner;
  private final LabelCorrection correction;
  private final UnknownRows unknown;
  private final LongIndex index = new LongIndex(1024);
  private float[] table = new float[0];
  private long[] updates = new long[0];
  private final LocalRowLifecycle lives; // null where every feature keeps its row

  private final MiniBatch batch;
  private float[] pulled = new float[0]; // rows of the batch
  private float[] before = new float[0]; // the same before they were learned
  private int[] places = new int[0]; // of the batch's rows in the table

  public LocalLearner(FeatureSchema schema, ModelSettings model, LearningSettings learning) {
    this(schema, model, learning, SkipListener.NONE);
  }

  public LocalLearner(
      FeatureSchema schema, ModelSettings model, LearningSettings learning, SkipListener listener) {
    this.schema = schema;
    this.model = model;
    batch = new MiniBatch(SharedRows.of(schema));
    layout = new RowLayout(model, learning);
    dense = DenseParameters.start(schema, model, learning.dense());
    gauge = new Gauge(schema, model, learning.safeguards(), true);
    learner = new BatchLearner(schema, model, learning, layout, dense, gauge, listener);
    correction = LabelCorrection.of(learning.labels());
    lives =
        learning.table().isOn() ? new LocalRowLifecycle(new FieldRules(learning.table())) : null;
    unknown = UnknownRows.zeroIn(learning.table().zeroFields());
  }

  /** Predicts, then learns, the examples as one communication batch. */
  public Predictions learn(List<LabeledExample> examples) {
    batch.clear();
    examples.forEach(example -> batch.add(gauge.encode(example)));
    pull();
    System.arraycopy(pulled, 0, before, 0, batch.rows() * layout.width());
    Predictions predictions = learner.learn(batch, pulled);
    push();
    return predictions;
  }

  /** Takes the dense step of the examples learned since the last one. */
  public void flushDense() {
    learner.flushDense();
  }

  /** Number of places in the table; where features may lose their rows, some are empty. */
  public int rows() {
    return index.size();
  }

  /** Index of a feature's row in the table, 0 to {@link #rows()} - 1, or -1. */
  public int find(long fid) {
    int place = index.find(fid);
    return isLive(place) ? place : -1;
  }

  private boolean isLive(int place) {
    return place >= 0 && (lives == null || lives.isLive(place));
  }

  /** Counts of features that had to wait for rows, or lost them. */
  public TableCounts tableCounts() {
    return lives == null ? TableCounts.ofRows(rows()) : lives.counts();
  }

  public long fid(int row) {
    return index.key(row);
  }

  public long updates(int row) {
    return updates[row];
  }

  /** Copies the stored row, optimizer slots included. */
  public float[] stored(int row) {
    int at = row * layout.width();
    return Arrays.copyOfRange(table, at, at + layout.width());
  }

  /** The row that the model computes with, {@code [w, v₁…v_k]}. */
  public float[] finished(int row) {
    float[] finished = new float[layout.finishedWidth()];
    layout.finish(fid(row), table, row * layout.width(), finished, 0);
    return finished;
  }

  public DenseParameters dense() {
    return dense;
  }

  public Gauge gauge() {
    return gauge;
  }

  /** Examples, and gradients of rows and of the deep part, left out as poison. */
  public long skipped() {
    return learner.skipped();
  }

  /** A predictor that reads this learner's rows as they are, and the deep part as it is now. */
  public Predictor predictor() {
    return predictor(this::read);
  }

  /** A predictor with the rows and the deep part as they are now, whatever is learned later. */
  public Predictor predictorOfNow() {
    float[] rows = new float[index.size() * layout.finishedWidth()];
    BitSet live = new BitSet();
    for (int row = 0; row < index.size(); row++) {
      layout.finish(fid(row), table, row * layout.width(), rows, row * layout.finishedWidth());
      live.set(row, isLive(row));
    }
    RowWeights now =
        (fid, finished, at) -> {
          int row = index.find(fid);
          boolean known = row >= 0 && live.get(row);
          if (known) {
            int width = layout.finishedWidth();
            System.arraycopy(rows, row * width, finished, at, width);
          }
          return known;
        };
    return predictor(now);
  }

  private Predictor predictor(RowWeights rows) {
    return new Predictor(
        schema, model, rows, unknown, dense.finished(), gauge.published(), correction);
  }

  private boolean read(long fid, float[] finished, int at) {
    int row = find(fid);
    if (row >= 0) {
      layout.finish(fid, table, row * layout.width(), finished, at);
    }
    return row >= 0;
  }

  private void pull() {
    reserve();
    int known = index.size();
    for (int row = 0; row < batch.rows(); row++) {
      long fid = batch.fid(row);
      places[row] = batch.count(row) > 0 ? index.add(fid) : index.find(fid);
    }
    if (lives != null) {
      renew();
    } else if (index.size() > known) {
      reservePlaces();
      for (int place = known; place < index.size(); place++) {
        start(place);
      }
    }
    read();
  }

  /** Takes away the rows that have expired, and starts those that features need not wait for. */
  private void renew() {
    reservePlaces();
    for (int row = 0; row < batch.rows(); row++) {
      long fid = batch.fid(row);
      int place = places[row];
      if (lives.isExpired(fid, place)) {
        lives.gone(place, updates[place]);
      }
      if (batch.count(row) > 0 && !lives.isLive(place) && lives.rules().admitsAll(fid)) {
        start(place);
      }
    }
  }

  private void read() {
    int width = layout.width();
    for (int row = 0; row < batch.rows(); row++) {
      int place = places[row];
      if (isLive(place)) {
        System.arraycopy(table, place * width, pulled, row * width, width);
      } else {
        readUnknown(row);
      }
    }
  }

  private void readUnknown(int row) {
    int width = layout.width();
    if (lives == null || lives.rules().admitsAll(batch.fid(row))) {
      layout.start(batch.fid(row), pulled, row * width);
    } else {
      Arrays.fill(pulled, row * width, (row + 1) * width, 0);
      batch.markAbsent(row);
    }
  }

  private void push() {
    if (batch.learned() == 0) {
      return;
    }
    addMoves();
    int width = layout.width();
    for (int row = 0; row < batch.rows(); row++) {
      if (batch.count(row) > 0 && !batch.isAbsent(row)) {
        updates[places[row]] += batch.count(row);
      }
    }
    for (int row = 0; row < batch.rows(); row++) {
      if (batch.count(row) > 0 && !batch.isAbsent(row)) {
        System.arraycopy(pulled, row * width, table, places[row] * width, width);
      }
    }
    if (lives != null) {
      see();
    }
  }

  /** Adds how far each row moved to where it was, as the job does, so that both round alike. */
  private void addMoves() {
    int floats = batch.rows() * layout.width();
    for (int i = 0; i < floats; i++) {
      pulled[i] = before[i] + (pulled[i] - before[i]);
    }
  }

  private void see() {
    lives.learnedUpTo(batch.latestTime());
    boolean[] drawn = batch.hasAbsent() ? lives.rules().draw(batch) : null;
    for (int row = 0; row < batch.rows(); row++) {
      if (batch.count(row) > 0) {
        if (batch.isAbsent(row)) {
          pushAbsent(row, drawn[row]);
        }
        lives.seen(places[row], batch.latestTime());
      }
    }
  }

  private void pushAbsent(int row, boolean drawn) {
    long fid = batch.fid(row);
    int occurrences = batch.count(row);
    int newCount = batch.newCount(row);
    if (lives.earns(fid, places[row], occurrences, newCount, drawn, batch.latestTime())) {
      start(places[row]);
    }
  }

  private void start(int place) {
    layout.start(index.key(place), table, place * layout.width());
    updates[place] = 0;
    if (lives != null) {
      lives.begun(place);
    }
  }

  private void reservePlaces() {
    int rows = index.size();
    if (rows > updates.length) {
      int more = Math.max(1024, 2 * rows);
      table = Arrays.copyOf(table, Math.multiplyExact(more, layout.width()));
      updates = Arrays.copyOf(updates, more);
    }
    if (lives != null) {
      lives.reserve(rows);
    }
  }

  private void reserve() {
    if (batch.rows() > places.length) {
      places = new int[2 * batch.rows()];
      pulled = new float[2 * batch.rows() * layout.width()];
      before = new float[pulled.length];
    }
  }
}
