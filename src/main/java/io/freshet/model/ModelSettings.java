package io.freshet.model;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.model.optimizer.Checks;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The shape of the model.
 *
 * @param kind which terms the logit has
 * @param embeddingSize length k of the embedding vectors; 0 for a kind without
 * @param hiddenLayers units of each hidden layer of the deep part, input side first; none leaves
 *     the deep part out
 * @param crossLayers cross layers; 0 for a kind without
 * @param sizes that only the kind has
 * @param l2 L2 penalty on the parameters that an example touches, computed on read, never stored
 * @param seed rules every random start: a row's depends on it and the fid alone
 * @param tasks that it predicts
 * @param embeddingSizes by the number of each field whose rows hold fewer numbers than k, those
 *     that share such rows among them
 */
public record ModelSettings(
    ModelKind kind,
    int embeddingSize,
    List<Integer> hiddenLayers,
    int crossLayers,
    Sizes sizes,
    float l2,
    long seed,
    Tasks tasks,
    Map<Integer, Integer> embeddingSizes)
    implements Serializable {
  public static final ModelSettings DEFAULT = Section.defaults(ModelOptions::read);

  public ModelSettings {
    requireNonNull(kind, "kind");
    hiddenLayers = List.copyOf(hiddenLayers);
    hiddenLayers.forEach(units -> Checks.atLeastOne("units of a hidden layer", units));
    requireNonNull(sizes, "sizes");
    Checks.notNegative("l2", l2);
    checkPart("embedding size", kind.embeds(), embeddingSize, kind);
    checkPart("number of cross layers", kind.crosses(), crossLayers, kind);
    if (!kind.deep() && !hiddenLayers.isEmpty()) {
      throw new IllegalArgumentException(
          "hidden layers are %s, but a model of kind %s has none"
              .formatted(hiddenLayers, kind.key()));
    }
    checkSizes(kind, sizes);
    if (tasks.areSeveral() && hiddenLayers.isEmpty() && crossLayers == 0) {
      throw new IllegalArgumentException(
          "a model of kind %s without layers cannot have several tasks, each of which needs some;"
                  .formatted(kind.key())
              + " expected "
              + (kind.deep() ? "hidden-layers" : "one of the kinds " + ModelKind.withLayers())
              + ", or one task");
    }
    kind.check(hiddenLayers, sizes);
    embeddingSizes = Collections.unmodifiableMap(new TreeMap<>(embeddingSizes));
    embeddingSizes.forEach((field, size) -> checkSize(field, size, embeddingSize));
  }

  /** A model whose fields all have embeddings of one size. */
  public ModelSettings(
      ModelKind kind,
      int embeddingSize,
      List<Integer> hiddenLayers,
      int crossLayers,
      Sizes sizes,
      float l2,
      long seed,
      Tasks tasks) {
    this(kind, embeddingSize, hiddenLayers, crossLayers, sizes, l2, seed, tasks, Map.of());
  }

  /** A model of one task. */
  public ModelSettings(
      ModelKind kind,
      int embeddingSize,
      List<Integer> hiddenLayers,
      int crossLayers,
      Sizes sizes,
      float l2,
      long seed) {
    this(kind, embeddingSize, hiddenLayers, crossLayers, sizes, l2, seed, Tasks.ONE);
  }

  /** A model of a kind without sizes of its own. */
  public ModelSettings(
      ModelKind kind,
      int embeddingSize,
      List<Integer> hiddenLayers,
      int crossLayers,
      float l2,
      long seed) {
    this(kind, embeddingSize, hiddenLayers, crossLayers, Sizes.NONE, l2, seed);
  }

  public static ModelSettings deepFm(
      int embeddingSize, List<Integer> hiddenLayers, float l2, long seed) {
    return new ModelSettings(ModelKind.DEEPFM, embeddingSize, hiddenLayers, 0, l2, seed);
  }

  public ModelSettings withSeed(long other) {
    return new ModelSettings(
        kind, embeddingSize, hiddenLayers, crossLayers, sizes, l2, other, tasks, embeddingSizes);
  }

  /** The same with sizes that only the kind has. */
  public ModelSettings withSizes(Sizes own) {
    return new ModelSettings(
        kind, embeddingSize, hiddenLayers, crossLayers, own, l2, seed, tasks, embeddingSizes);
  }

  /** The same of other tasks. */
  public ModelSettings withTasks(Tasks others) {
    return new ModelSettings(
        kind, embeddingSize, hiddenLayers, crossLayers, sizes, l2, seed, others, embeddingSizes);
  }

  /** The same with fields of other sizes. */
  public ModelSettings withEmbeddingSizes(Map<Integer, Integer> byField) {
    return new ModelSettings(
        kind, embeddingSize, hiddenLayers, crossLayers, sizes, l2, seed, tasks, byField);
  }

  /** How many numbers the embedding of a field's row holds. */
  public int embeddingSize(int field) {
    return embeddingSizes.getOrDefault(field, embeddingSize);
  }

  /** The layers of the dense part. */
  public NetworkSettings network() {
    return new NetworkSettings(kind.form(), hiddenLayers, crossLayers, sizes, tasks.further());
  }

  private static void checkSize(int field, int size, int most) {
    if (size < 1 || size >= most) {
      throw new IllegalArgumentException(
          "the embedding size of field number %s is %s; expected from 1 to below the model's, %s"
              .formatted(field, size, most));
    }
  }

  private static void checkSizes(ModelKind kind, Sizes sizes) {
    List<String> known = kind.sizes().stream().map(Size::key).toList();
    for (String key : sizes.lists().keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "%s is %s, but a model of kind %s has none"
                .formatted(key, sizes.list(key), kind.key()));
      }
    }
    for (Size size : kind.sizes()) {
      boolean lacks = !size.needs().isEmpty() && sizes.list(size.needs()).isEmpty();
      if (lacks && !sizes.list(size.key()).isEmpty()) {
        throw new IllegalArgumentException(
            "%s is %s, but there is no %s"
                .formatted(size.key(), sizes.list(size.key()), size.needs()));
      }
    }
  }

  private static void checkPart(String name, boolean has, int value, ModelKind kind) {
    if (has) {
      Checks.atLeastOne(name, value);
    } else if (value != 0) {
      throw new IllegalArgumentException(
          "%s is %s, but a model of kind %s has none".formatted(name, value, kind.key()));
    }
  }
}
