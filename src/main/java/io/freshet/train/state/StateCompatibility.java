package io.freshet.train.state;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerConstants;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.train.RefusedException;
import io.freshet.train.TrainSettings;
import io.freshet.wire.ReplicatedTexts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that give floats in state their meaning, stored with them.
 *
 * <p><b>Bound</b> settings are those under which the same floats would be other parameters: state
 * of others is refused. FTRL's are all bound, as it stores z and n and derives the weight from
 * them: another alpha would change every weight at once, in the trainers but not in serving, since
 * a delta snapshot has only the rows that were learned since. So are the rate factors of fields
 * then, which scale alpha.
 *
 * <p><b>Free</b> settings determine how parameters move (rates, penalties) or where new ones start
 * (the initial accumulator): they may change, which is logged once.
 *
 * <p>State of other bound settings is converted if the job migrates: {@link
 * io.freshet.model.row.RowMigration}. The seed, the meaning of fields and that of a task's network
 * cannot be converted: rows that do not exist yet depend on the seed.
 *
 * <p>Fields may come and go, but the number of a field is never another's: rows, and examples that
 * still wait for their labels, would be attributed to the other field.
 */
public final class StateCompatibility {
  private static final Logger LOG = LoggerFactory.getLogger(StateCompatibility.class);
  private static final String STORED = "shape";
  static final String FREE = "free ";
  private static final String FEATURE = "feature number ";
  static final String FIRST_ORDER = "train.first-order-optimizer";
  static final String EMBEDDING = "train.embedding-optimizer";
  public static final String DENSE = "train.dense.optimizer";
  static final String EMBEDDING_SIZE = "model.embedding-size";
  static final String RATE = "rate-factor of feature number ";
  static final String SIZE = "embedding-size of feature number ";
  private static final String NO_SIZE = "that of the model";
  private static final String SEED = "model.seed";
  private static final String AFTER = "model.tasks: after of ";

  private final Map<String, String> settings = new TreeMap<>(); // by key; free ones marked

  private StateCompatibility() {}

  /** What rows of the embedding table depend on. */
  public static StateCompatibility ofRows(
      FeatureSchema schema, ModelSettings model, LearningSettings learning) {
    StateCompatibility compatibility = new StateCompatibility();
    compatibility.bound("model.kind", model.kind().key());
    compatibility.bound(EMBEDDING_SIZE, model.embeddingSize());
    compatibility.bound(SEED, model.seed());
    compatibility.free("model.l2", model.l2());
    compatibility.optimizer(FIRST_ORDER, learning.firstOrder());
    compatibility.optimizer(EMBEDDING, learning.embedding());
    boolean derived = learning.firstOrder() instanceof Ftrl || learning.embedding() instanceof Ftrl;
    model.embeddingSizes().forEach((number, size) -> compatibility.bound(SIZE + number, size));
    for (Field field : schema.fields()) {
      String key = RATE + field.number();
      float rate = learning.regularization().rate(field.number());
      if (derived) {
        compatibility.bound(key, rate);
      } else {
        compatibility.free(key, rate);
      }
    }
    return compatibility;
  }

  /** What slices of the dense part depend on, in addition to {@link StoredShape}. */
  public static StateCompatibility ofDense(ModelSettings model, TrainSettings settings) {
    StateCompatibility compatibility = new StateCompatibility();
    compatibility.bound(EMBEDDING_SIZE, model.embeddingSize());
    compatibility.optimizer(DENSE, settings.learning().dense());
    model.tasks().all().stream()
        .skip(1)
        .forEach(task -> compatibility.bound(AFTER + task.name(), task.given()));
    return compatibility;
  }

  /** What the examples of a trainer depend on: which number is which field's. */
  public static StateCompatibility ofFeatures(FeatureSchema schema) {
    StateCompatibility compatibility = new StateCompatibility();
    schema
        .fields()
        .forEach(field -> compatibility.bound(FEATURE + field.number(), field.stateText()));
    return compatibility;
  }

  private void optimizer(String key, OptimizerSettings optimizer) {
    OptimizerConstants constants = OptimizerConstants.of(optimizer);
    bound(key + ".kind", constants.kind());
    constants
        .values()
        .forEach(
            (name, value) -> {
              if (optimizer instanceof Ftrl) {
                bound(key + "." + name, value);
              } else {
                free(key + "." + name, value);
              }
            });
  }

  private void bound(String key, Object value) {
    settings.put(key, value.toString());
  }

  private void free(String key, Object value) {
    settings.put(FREE + key, value.toString());
  }

  /** The key of a setting without the mark of free ones. */
  static String plain(String key) {
    return key.startsWith(FREE) ? key.substring(FREE.length()) : key;
  }

  /**
   * Checks the restored state of an operator, and stores these settings in the next.
   *
   * @param migrates whether state of other bound settings is converted
   * @return the settings of the state, if it has to be converted
   * @throws RefusedException if a bound setting of the restored state differs, with all that do
   */
  public Optional<StoredSettings> guard(
      OperatorStateStore store, StreamingRuntimeContext context, boolean migrates)
      throws Exception {
    ReplicatedTexts stored = new ReplicatedTexts(store, STORED);
    StoredSettings before = StoredSettings.parse(stored.restored());
    boolean isOther = check(before, migrates);
    if (context.getTaskInfo().getIndexOfThisSubtask() == 0) {
      changes(before).forEach(LOG::info);
    }
    stored.update(lines());
    return isOther ? Optional.of(before) : Optional.empty();
  }

  /** Returns whether state of these settings has to be converted. */
  boolean check(StoredSettings before, boolean migrates) {
    before
        .texts()
        .forEach(
            (key, value) -> {
              if (key.startsWith(FEATURE)) {
                settings.putIfAbsent(key, value); // the number of a removed field stays taken
              }
            });
    Map<String, String> differing = differing(before);
    refuseBound(differing, migrates);
    return differing.keySet().stream().anyMatch(key -> !key.startsWith(FREE));
  }

  /** Settings in both whose values differ; a setting of one of them is from another version. */
  private Map<String, String> differing(StoredSettings before) {
    Map<String, String> now = withSizes(settings);
    Map<String, String> differing = withSizes(before.texts());
    differing.keySet().retainAll(now.keySet());
    differing.entrySet().removeIf(e -> e.getValue().equals(now.get(e.getKey())));
    return differing;
  }

  /** The same with a line for each field whose rows have the model's size, as it has none. */
  private static Map<String, String> withSizes(Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(settings);
    for (String key : settings.keySet()) {
      if (plain(key).startsWith(RATE)) {
        all.putIfAbsent(SIZE + plain(key).substring(RATE.length()), NO_SIZE);
      }
    }
    return all;
  }

  private String now(String key) {
    return settings.getOrDefault(key, NO_SIZE);
  }

  /** What the log says of settings that differ. */
  List<String> changes(StoredSettings before) {
    return differing(before).entrySet().stream()
        .map(
            old ->
                "%s is %s; the restored state was learned with %s"
                    .formatted(plain(old.getKey()), now(old.getKey()), old.getValue()))
        .toList();
  }

  List<String> lines() {
    return settings.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
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
                        .formatted(key, now(key), differing.get(key)))
            .collect(Collectors.joining("; "));
    boolean canMigrate = keys.stream().noneMatch(StateCompatibility::isFixed);
    throw new RefusedException(
        problems
            + ": configure what the state has ("
            + (keys.stream().anyMatch(key -> key.startsWith(AFTER))
                ? "a task that means something else needs another name"
                : "another field needs another number")
            + "), "
            + (canMigrate ? "or convert the state with --migrate, " : "")
            + "or start without the state");
  }

  /** Whether state cannot be converted to another value of a setting. */
  private static boolean isFixed(String key) {
    return key.startsWith(FEATURE) || key.startsWith(AFTER) || key.equals(SEED);
  }
}
