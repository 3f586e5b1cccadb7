package io.freshet.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The terms of a model's logit in addition to the first order, which every model has.
 *
 * <p>A kind is a line here, with the options that only it has, and a class of its dense part, which
 * {@code io.freshet.model.trunk.Trunks} names.
 */
public enum ModelKind {
  LR("Logistic regression: nothing else; rows hold no embedding."),
  FM("Factorization machine (Rendle 2010): all pairs of fields.", Part.PAIRS),
  DEEPFM(
      "DeepFM (Guo et al. 2017): all pairs of fields, and hidden layers over their embeddings.",
      Part.PAIRS,
      Part.HIDDEN),
  WIDE_DEEP(
      "Wide & Deep (Cheng et al. 2016): hidden layers; crossed features are declared as such.",
      Part.HIDDEN),
  DCN(
      "DCN-V2 (Wang et al. 2021): cross layers and hidden layers.",
      List.of(
          Size.flag(
              "stacked",
              "Whether the hidden layers follow the cross layers; if not, they are parallel."),
          Size.number(
              "low-rank",
              512,
              0,
              "Rank of the matrices of each expert in a cross layer; 0: one full matrix."),
          Size.number("experts", 64, 4, "Experts that a low-rank cross layer mixes.")
              .where("low-rank")),
      Part.HIDDEN,
      Part.CROSS),
  FINALMLP(
      "FinalMLP (Mao et al. 2023): two gated streams of hidden layers, fused by products.",
      List.of(
          Size.layers(
              "second-layers",
              List.of(128, 64),
              "Units of each hidden layer of the second stream, input side first."),
          Size.number(
              "heads",
              1024,
              1,
              "Heads that the fusion cuts the last layers of both streams into; divides both."),
          Size.fields(
              "first-gate",
              "Fields whose embeddings determine the first stream's gate; none: one gate for all."),
          Size.fields(
              "second-gate",
              "Fields whose embeddings determine the second stream's gate; none: one gate for"
                  + " all."),
          Size.layers(
              "gate-layers",
              List.of(64),
              "Units of each hidden layer of a gate that fields determine; may be `[]`.")),
      Part.HIDDEN,
      Part.OWN_FORM) {
    @Override
    void check(List<Integer> hiddenLayers, Sizes sizes) {
      List<Integer> second = sizes.list("second-layers");
      int heads = sizes.of("heads");
      require(!hiddenLayers.isEmpty(), "hidden layers", hiddenLayers, "one or more");
      require(!second.isEmpty(), "second layers", second, "one or more");
      boolean divides = heads > 0 && last(hiddenLayers) % heads == 0 && last(second) % heads == 0;
      require(divides, "heads", heads, "a divisor of the units of both last layers");
    }
  },
  FINALNET(
      "FinalNet (Zhu et al. 2023): layers that multiply their halves, in two blocks that teach each"
          + " other.",
      List.of(
          Size.layers(
              "second-layers",
              List.of(128, 64),
              "Units of each layer of the second block, all even; `[]` for one block."),
          Size.flag(
              "gated",
              "Whether the first block sees the embeddings a second time, weighed field by"
                  + " field.")),
      Part.HIDDEN,
      Part.OWN_FORM) {
    @Override
    void check(List<Integer> hiddenLayers, Sizes sizes) {
      require(!hiddenLayers.isEmpty(), "hidden layers", hiddenLayers, "one or more");
      for (List<Integer> units : List.of(hiddenLayers, sizes.list("second-layers"))) {
        require(units.stream().allMatch(n -> n % 2 == 0), "layers", units, "even numbers");
      }
    }
  };

  /** What a kind may have. */
  private enum Part {
    PAIRS,
    HIDDEN,
    CROSS,
    OWN_FORM
  }

  private final String sentence;
  private final List<Size> sizes;
  private final List<Part> parts;

  ModelKind(String sentence, Part... parts) {
    this(sentence, List.of(), parts);
  }

  ModelKind(String sentence, List<Size> sizes, Part... parts) {
    this.sentence = sentence;
    this.sizes = sizes;
    this.parts = List.of(parts);
  }

  public String sentence() {
    return sentence;
  }

  /** The options that only this kind has, or kinds of layers, of which tasks may share some. */
  List<Size> sizes() {
    return deep() ? Stream.concat(sizes.stream(), Size.OF_TASKS.stream()).toList() : sizes;
  }

  /** Whether the inner products of all pairs of field embeddings are summed. */
  public boolean pairs() {
    return parts.contains(Part.PAIRS);
  }

  public boolean deep() {
    return parts.contains(Part.HIDDEN);
  }

  public boolean crosses() {
    return parts.contains(Part.CROSS);
  }

  public boolean embeds() {
    return pairs() || deep();
  }

  /** The names of the kinds that have layers. */
  static String withLayers() {
    return Arrays.stream(values())
        .filter(ModelKind::deep)
        .map(ModelKind::key)
        .collect(Collectors.joining(", "));
  }

  /** The form of the dense part: see {@link NetworkSettings#form}. */
  public String form() {
    return parts.contains(Part.OWN_FORM) ? key() : NetworkSettings.PLAIN;
  }

  /** Refuses sizes that do not go together. */
  void check(List<Integer> hiddenLayers, Sizes sizes) {}

  private static int last(List<Integer> units) {
    return units.get(units.size() - 1);
  }

  void require(boolean good, String what, Object found, String expected) {
    if (!good) {
      throw new IllegalArgumentException(
          "%s of %s: %s is not allowed; expected %s".formatted(what, key(), found, expected));
    }
  }

  /** The name in configurations and manifests: {@code wide-deep}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of a name; none where there is no such kind. */
  public static Optional<ModelKind> of(String key) {
    return Arrays.stream(values()).filter(kind -> kind.key().equals(key)).findFirst();
  }
}
