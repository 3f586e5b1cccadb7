package io.freshet.sql;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import io.freshet.event.RejectedException;
import io.freshet.feature.example.Example;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.PredictFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Click probabilities of rows, each by the version that is current when it comes; one subtask's.
 *
 * <p>Waits for the first version when it opens. No version is held between two rows.
 */
public final class SnapshotPredictor extends PredictFunction {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotPredictor.class);

  private final ModelOptions options;
  private final InputColumns input;
  private final OutputColumns output;

  private transient SnapshotFollower follower; // null while closed
  private transient PredictorMetrics metrics;
  private transient InputColumns.Reader reader;
  private transient Scorer scorer; // null before the first row
  private transient WeakReference<ServedModel> last; // that the scorer was opened for

  SnapshotPredictor(ModelOptions options, InputColumns input, OutputColumns output) {
    this.options = options;
    this.input = input;
    this.output = output;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    follower = SharedFollowers.acquire(options.source());
    boolean isReady = false;
    try {
      metrics = new PredictorMetrics(context.getMetricGroup(), follower);
      check(first());
      reader = input.reader();
      last = new WeakReference<>(null);
      isReady = true;
    } finally {
      if (!isReady) {
        close();
      }
    }
  }

  private ServedModel first() throws IOException, InterruptedException, ExecutionException {
    try {
      return follower
          .first()
          .toCompletableFuture()
          .get(options.loadTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      FollowerState state = follower.state();
      throw new IOException(
          "no version of %s after 'load-timeout' = '%s ms': %s"
              .formatted(
                  options.source().root(),
                  options.loadTimeout().toMillis(),
                  state.problem().orElse("nothing has been published there")),
          e);
    }
  }

  private void check(ServedModel model) {
    String name = model.manifest().name();
    if (options.name() != null && !options.name().equals(name)) {
      throw new TableException(
          "the model of %s is '%s'; expected '%s', as the option 'name' says"
              .formatted(options.source().root(), name, options.name()));
    }
    if (options.columns() == ModelOptions.Columns.STRICT) {
      difference(model)
          .ifPresent(
              difference -> {
                throw new TableException(
                    difference + "; expected the same, or 'columns' = 'lenient'");
              });
    }
  }

  private Optional<String> difference(ServedModel model) {
    try (Scorer ofVersion = model.newScorer()) {
      return input.difference(ofVersion.names());
    }
  }

  @Override
  public Collection<RowData> predict(RowData row) {
    try (Scorer current = current()) {
      return List.of(predict(row, current));
    }
  }

  private RowData predict(RowData row, Scorer current) {
    String version = current.model().version().toString();
    try {
      return output.scored(score(row, current), version);
    } catch (RejectedException e) {
      if (output.hasError()) {
        metrics.unscored();
        return output.failed(e.getMessage(), version);
      }
      throw new TableException(
          e.getMessage() + "; a column 'error STRING' of OUTPUT takes this in place of a failure",
          e);
    }
  }

  private float score(RowData row, Scorer current) throws RejectedException {
    int task = Math.max(0, current.model().tasks().names().indexOf(output.probability()));
    Example example = current.encode(reader.read(row, current.names()));
    float score = current.scoreTasks(List.of(example))[task][0];
    if (!Float.isFinite(score)) {
      throw new RejectedException(
          BAD_VALUE, "version %s has no finite score for it".formatted(current.model().version()));
    }
    return score;
  }

  /** The scorer, opened for the version of now. */
  private Scorer current() {
    ServedModel model = follower.hold().orElseThrow();
    try {
      if (last.refersTo(model) || (scorer != null && scorer.fits(model))) {
        scorer.reopen(model);
      } else {
        scorer = model.newScorer();
        warnOfDifference(model);
      }
      last = new WeakReference<>(model);
      return scorer;
    } finally {
      model.release();
    }
  }

  private void warnOfDifference(ServedModel model) {
    input
        .difference(scorer.names())
        .ifPresent(difference -> LOG.warn("version {}: {}", model.version(), difference));
  }

  @Override
  public boolean isDeterministic() {
    return false; // the version of now may be another in a moment
  }

  @Override
  public void close() {
    scorer = null;
    if (follower != null) {
      follower = null;
      SharedFollowers.release(options.source());
    }
  }
}
