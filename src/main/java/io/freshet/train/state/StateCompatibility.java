package io.freshet.train.state;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.Momentum;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import io.freshet.train.RefusedException;
import io.freshet.train.TrainSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that give floats in state their meaning, kept beside them.
 *
 * <p><b>Bound</b> settings are those under which the same floats would be other parameters: state
 * of others is refused. FTRL's are all bound, as it stores z and n and derives the weight by them:
 * another alpha would change every weight at once, in the trainers but not in what serving holds,
 * since a snapshot's delta has only the rows that were learned since. So are then the factors of
 * fields, which are of alpha.
 *
 * <p><b>Free</b> settings rule how parameters move from now on (rates, penalties) or where new ones
 * start (the initial accumulator): they may change, which is logged once.
 *
 * <p>State of other bound settings is converted where the job is told to: {@link
 * io.freshet.model.row.RowMigration}. The seed and what fields are cannot be: rows that are not
 * there yet depend on the seed.
 *
 * <p>Fields may come and go, but a number that was a field's is never another's: rows, and examples
 * that still wait for their labels, would be taken for those of the other.
 */
public final class StateCompatibility {
  private static final Logger LOG = LoggerFactory.getLogger(StateCompatibility.class);
  private static final ListStateDescriptor<String> STORED =
      new ListStateDescriptor<>("shape", Types.STRING);
  static final String FREE = "free ";
  private static final String FEATURE = "feature number ";
  static final String FIRST_ORDER = "train.first-order-optimizer";
  static final String EMBEDDING = "train.embedding-optimizer";
  public static final String DENSE = "train.dense.optimizer";
  static final String EMBEDDING_SIZE = "model.embedding-size";
  static final String RATE = "rate-factor of feature number ";
  private static final String SEED = "model.seed";

  private final Map<String, String> settings = new TreeMap<>(); // by key; free ones marked

  private StateCompatibility() {}

  /** What rows of the embedding table depend on. */
  public static StateCompatibility ofRows(
      FeatureSchema schema, ModelSettings model, LearningSettings learning) {
    StateCompatibility shape = new StateCompatibility();
    shape.bound("model.kind", model.kind().key());
    shape.bound(EMBEDDING_SIZE, model.embeddingSize());
    shape.bound(SEED, model.seed());
    shape.free("model.l2", model.l2());
    shape.optimizer(FIRST_ORDER, learning.firstOrder());
    shape.optimizer(EMBEDDING, learning.embedding());
    boolean derived = learning.firstOrder() instanceof Ftrl || learning.embedding() instanceof Ftrl;
    for (Field field : schema.fields()) {
      String key = RATE + field.number();
      float rate = learning.regularization().rate(field.number());
      if (derived) {
        shape.bound(key, rate);
      } else {
        shape.free(key, rate);
      }
    }
    return shape;
  }

  /** What slices of the deep part depend on, beside its {@link StoredShape}. */
  public static StateCompatibility ofDense(ModelSettings model, TrainSettings settings) {
    StateCompatibility shape = new StateCompatibility();
    shape.bound(EMBEDDING_SIZE, model.embeddingSize());
    shape.optimizer(DENSE, settings.learning().dense());
    return shape;
  }

  /** What the examples of a trainer depend on: which number is which field's. */
  public static StateCompatibility ofFeatures(FeatureSchema schema) {
    StateCompatibility shape = new StateCompatibility();
    schema.fields().forEach(field -> shape.bound(FEATURE + field.number(), text(field)));
    return shape;
  }

  /** Written out: the text lies in state, and must not change with a class. */
  private static String text(Field field) {
    if (field instanceof Field.Cross cross) {
      return field.name() + ", cross of " + cross.of();
    }
    if (field instanceof Field.Numeric numeric) {
      return field.name() + ", numeric, transform " + text(numeric.transform());
    }
    return field.name() + (field instanceof Field.Multi ? ", multi" : ", categorical");
  }

  private static String text(Field.Transform transform) {
    if (transform instanceof Field.Transform.Buckets buckets) {
      return "buckets " + buckets.bounds();
    }
    if (transform instanceof Field.Transform.Standardize by) {
      return "standardize by mean %s, deviation %s".formatted(by.mean(), by.deviation());
    }
    return transform instanceof Field.Transform.Log ? "log" : "none";
  }

  private void optimizer(String key, OptimizerSettings optimizer) {
    if (optimizer instanceof Sgd sgd) {
      bound(key + ".kind", "sgd");
      free(key + ".learning-rate", sgd.learningRate());
    } else if (optimizer instanceof Adagrad adagrad) {
      bound(key + ".kind", "adagrad");
      free(key + ".learning-rate", adagrad.learningRate());
      free(key + ".initial-accumulator", adagrad.initialAccumulator());
      free(key + ".accumulator-cap", adagrad.accumulatorCap());
    } else if (optimizer instanceof Ftrl ftrl) {
      bound(key + ".kind", "ftrl");
      bound(key + ".alpha", ftrl.alpha());
      bound(key + ".beta", ftrl.beta());
      bound(key + ".l1", ftrl.l1());
      bound(key + ".l2", ftrl.l2());
      bound(key + ".accumulator-cap", ftrl.accumulatorCap());
    } else if (optimizer instanceof RowWiseAdagrad adagrad) {
      bound(key + ".kind", "rowwise-adagrad");
      free(key + ".learning-rate", adagrad.learningRate());
      free(key + ".initial-accumulator", adagrad.initialAccumulator());
      free(key + ".accumulator-cap", adagrad.accumulatorCap());
    } else if (optimizer instanceof Adam adam) {
      bound(key + ".kind", "adam");
      free(key + ".learning-rate", adam.learningRate());
      free(key + ".beta1", adam.beta1());
      free(key + ".beta2", adam.beta2());
      free(key + ".epsilon", adam.epsilon());
      free(key + ".weight-decay", adam.weightDecay());
    } else if (optimizer instanceof Momentum momentum) {
      bound(key + ".kind", "momentum");
      free(key + ".learning-rate", momentum.learningRate());
      free(key + ".momentum", momentum.momentum());
    } else {
      throw new IllegalStateException("no shape for " + optimizer);
    }
  }

  private void bound(String key, Object value) {
    settings.put(key, value.toString());
  }

  private void free(String key, Object value) {
    settings.put(FREE + key, value.toString());
  }

  /**
   * Writes the shape to the operator's state, where every checkpoint has it.
   *
   * @throws RefusedException if a bound setting of the restored state differs, with all that do
   */
  public void guard(OperatorStateStore store, StreamingRuntimeContext context) throws Exception {
    guard(store, context, false);
  }

  /**
   * The same, where the state may have to be converted.
   *
   * @param migrates whether it may be
   * @return the settings that the state was written with, if it has to be
   */
  public Optional<StoredSettings> guard(
      OperatorStateStore store, StreamingRuntimeContext context, boolean migrates)
      throws Exception {
    ListState<String> stored = store.getUnionListState(STORED);
    Map<String, String> restored = new TreeMap<>();
    for (String line : stored.get()) {
      int equals = line.indexOf('=');
      restored.put(line.substring(0, equals), line.substring(equals + 1));
    }
    StoredSettings all = new StoredSettings(restored);
    restored.forEach(
        (key, value) -> {
          if (key.startsWith(FEATURE)) {
            settings.putIfAbsent(key, value); // of a field that went: its number stays taken
          }
        });
    restored.entrySet().removeIf(e -> e.getValue().equals(settings.get(e.getKey())));
    restored.keySet().retainAll(settings.keySet()); // what either lacks is from another version
    boolean isOther = restored.keySet().stream().anyMatch(key -> !key.startsWith(FREE));
    refuseBound(restored, migrates);
    if (context.getTaskInfo().getIndexOfThisSubtask() == 0) {
      restored.forEach(
          (key, old) ->
              LOG.info(
                  "{} is {} from now on; the restored state was learned with {}",
                  key.startsWith(FREE) ? key.substring(FREE.length()) : key,
                  settings.get(key),
                  old));
    }
    stored.update(settings.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    return isOther ? Optional.of(all) : Optional.empty();
  }

  private void refuseBound(Map<String, String> differing, boolean migrates) {
    List<String> keys =
        differing.keySet().stream()
            .filter(key -> !key.startsWith(FREE))
            .filter(key -> !migrates || isFixed(key))
            .toList();
    if (keys.isEmpty()) {
      return;
    }
    String problems =
        keys.stream()
            .map(
                key ->
                    "%s is %s, in the restored state it is %s"
                        .formatted(key, settings.get(key), differing.get(key)))
            .collect(Collectors.joining("; "));
    boolean canMigrate = keys.stream().noneMatch(StateCompatibility::isFixed);
    throw new RefusedException(
        problems
            + ": configure what the state has (a field that is another needs a number of its own), "
            + (canMigrate ? "or convert the state with --migrate, " : "")
            + "or start without the state");
  }

  /** Whether no state can be converted to another value of a setting. */
  private static boolean isFixed(String key) {
    return key.startsWith(FEATURE) || key.equals(SEED);
  }
}
