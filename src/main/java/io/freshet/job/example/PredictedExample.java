package io.freshet.job.example;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.freshet.model.Tasks;
import io.freshet.model.batch.Predictions;
import java.util.Optional;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * What a learner predicted of an example just before it learned it.
 *
 * @param model the learner's name
 * @param time when the label was decided, epoch milliseconds
 * @param user hash of the user field
 * @param afterCheckpoint the last one before: the model had learned what the snapshot of that
 *     number holds, and what came since
 * @param task of several that it is of
 */
public record PredictedExample(
    String model,
    String impressionId,
    long time,
    float label,
    float weight,
    float prediction,
    long user,
    @JsonInclude(JsonInclude.Include.ALWAYS) long afterCheckpoint,
    Optional<String> task) {

  public PredictedExample {
    requireNonNull(model, "model");
    requireNonNull(impressionId, "impressionId");
    requireNonNull(task, "task");
  }

  /**
   * The same for every learner, and when it is predicted again after a failure. An impression may
   * be emitted as a negative first and as a positive then; when its label is decided depends on how
   * far the watermark was.
   */
  public String key() {
    return impressionId + task.map(name -> "/" + name).orElse("") + "/" + label;
  }

  /** One for each example of a message. */
  public static final class Of implements FlatMapFunction<Predictions, PredictedExample> {
    private static final long serialVersionUID = 1L;

    private final String model;
    private final Tasks tasks;

    /** Predictions of a model's tasks. */
    public Of(String model, Tasks tasks) {
      this.model = model;
      this.tasks = tasks;
    }

    @Override
    public void flatMap(Predictions predictions, Collector<PredictedExample> out) {
      String name = tasks.name(predictions.traits().task());
      Optional<String> task = Optional.of(name).filter(of -> !of.isEmpty());
      for (int i = 0; i < predictions.size(); i++) {
        out.collect(
            new PredictedExample(
                model,
                predictions.traits().ids()[i],
                predictions.times()[i],
                predictions.labels()[i],
                predictions.weights()[i],
                predictions.probabilities()[i],
                predictions.traits().users()[i],
                predictions.traits().checkpoint(),
                task));
      }
    }
  }
}
