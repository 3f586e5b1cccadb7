package io.freshet.train.state;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.FieldLearning;
import io.freshet.model.optimizer.OptimizerConstants;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.train.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings that a state was written with, from the lines in it: enough to derive weights from
 * stored floats.
 *
 * @param texts by key; {@link StateCompatibility} defines the keys
 */
public record StoredSettings(Map<String, String> texts) {
  public StoredSettings {
    texts = Map.copyOf(texts);
  }

  static StoredSettings parse(Iterable<String> lines) {
    Map<String, String> texts = new TreeMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      texts.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return new StoredSettings(texts);
  }

  /** The optimizer under a key. */
  public OptimizerSettings optimizer(String key) {
    String kind = text(key + ".kind");
    Map<String, Float> constants = new TreeMap<>();
    texts.forEach(
        (each, value) -> {
          String plain = StateCompatibility.plain(each);
          if (plain.startsWith(key + ".") && !plain.equals(key + ".kind")) {
            constants.put(plain.substring(key.length() + 1), Float.parseFloat(value));
          }
        });
    try {
      return new OptimizerConstants(kind, constants).settings();
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "%s in the restored state cannot be converted (%s): start without the state"
              .formatted(key, e.getMessage()));
    }
  }

  /** The model as far as rows depend on it. */
  public ModelSettings rows(ModelSettings now) {
    int size = Integer.parseInt(text(StateCompatibility.EMBEDDING_SIZE));
    ModelKind kind = size == 0 ? ModelKind.LR : ModelKind.FM;
    Map<Integer, Integer> ofFields = new TreeMap<>();
    texts.forEach(
        (key, value) -> {
          if (key.startsWith(StateCompatibility.SIZE)) {
            int field = Integer.parseInt(key.substring(StateCompatibility.SIZE.length()));
            ofFields.put(field, Integer.parseInt(value));
          }
        });
    return new ModelSettings(kind, size, List.of(), 0, 0, now.seed()).withEmbeddingSizes(ofFields);
  }

  /** How rows were learned. */
  public LearningSettings rows(LearningSettings now) {
    return now.withOptimizers(
            optimizer(StateCompatibility.FIRST_ORDER),
            optimizer(StateCompatibility.EMBEDDING),
            now.dense())
        .withRegularization(Regularization.OFF.with(rates()));
  }

  private List<FieldLearning> rates() {
    List<FieldLearning> rates = new ArrayList<>();
    texts.forEach(
        (each, value) -> {
          String key = StateCompatibility.plain(each);
          if (key.startsWith(StateCompatibility.RATE)) {
            int field = Integer.parseInt(key.substring(StateCompatibility.RATE.length()));
            rates.add(new FieldLearning(field, Float.parseFloat(value), 0));
          }
        });
    return rates;
  }

  private String text(String key) {
    if (!texts.containsKey(key)) {
      throw new RefusedException(
          "the restored state has no %s, so it cannot be converted: start without the state"
              .formatted(key));
    }
    return texts.get(key);
  }
}
