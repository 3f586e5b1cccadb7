package io.freshet.train.state;

import static io.freshet.model.optimizer.OptimizerSettings.NO_CAP;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import io.freshet.train.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings that a state was written with, read back from the text beside it: enough to tell
 * finished parameters from stored floats. Those that a state lacks, as it is older than they are,
 * are as they were then.
 */
public record StoredSettings(Map<String, String> texts) {
  public StoredSettings {
    texts = Map.copyOf(texts);
  }

  /** What {@link StateCompatibility} calls an optimiser. */
  public OptimizerSettings optimizer(String key) {
    String kind = text(key + ".kind");
    return switch (kind) {
      case "sgd" -> new Sgd(number(key + ".learning-rate"));
      case "adagrad" ->
          new Adagrad(
              number(key + ".learning-rate"), number(key + ".initial-accumulator"), cap(key));
      case "rowwise-adagrad" ->
          new RowWiseAdagrad(
              number(key + ".learning-rate"), number(key + ".initial-accumulator"), cap(key));
      case "ftrl" ->
          new Ftrl(
              number(key + ".alpha"),
              number(key + ".beta"),
              number(key + ".l1"),
              number(key + ".l2"),
              cap(key));
      case "adam" ->
          new Adam(
              number(key + ".learning-rate"),
              number(key + ".beta1"),
              number(key + ".beta2"),
              number(key + ".epsilon"),
              number(key + ".weight-decay"));
      case "momentum" -> new Momentum(number(key + ".learning-rate"), number(key + ".momentum"));
      default ->
          throw new RefusedException(
              "%s is %s in the restored state, which cannot be converted: start without it"
                  .formatted(key, kind));
    };
  }

  /** The model as far as rows depend on it. */
  public ModelSettings rows(ModelSettings now) {
    int size = Integer.parseInt(text(StateCompatibility.EMBEDDING_SIZE));
    ModelKind kind = size == 0 ? ModelKind.LR : ModelKind.FM;
    return new ModelSettings(kind, size, List.of(), 0, 0, now.seed());
  }

  /** How rows were learned. */
  public LearningSettings rows(LearningSettings now) {
    return new LearningSettings(
            now.stepSize(),
            now.repeatsPerUser(),
            optimizer(StateCompatibility.FIRST_ORDER),
            optimizer(StateCompatibility.EMBEDDING),
            now.denseStepSize(),
            now.dense())
        .withRegularization(Regularization.OFF.with(rates()));
  }

  private List<FieldLearning> rates() {
    List<FieldLearning> rates = new ArrayList<>();
    texts.forEach(
        (key, text) -> {
          int at = key.indexOf(StateCompatibility.RATE);
          if (at >= 0) {
            int field = Integer.parseInt(key.substring(at + StateCompatibility.RATE.length()));
            rates.add(new FieldLearning(field, Float.parseFloat(text), 0));
          }
        });
    return rates;
  }

  private float cap(String optimizer) {
    return told(optimizer + ".accumulator-cap").map(Float::parseFloat).orElse(NO_CAP);
  }

  private String text(String key) {
    return told(key)
        .orElseThrow(
            () ->
                new RefusedException(
                    "the restored state does not tell its %s, so it cannot be converted: start without it"
                        .formatted(key)));
  }

  private Optional<String> told(String key) {
    return Optional.ofNullable(texts.getOrDefault(key, texts.get(StateCompatibility.FREE + key)));
  }

  private float number(String key) {
    return Float.parseFloat(text(key));
  }
}
