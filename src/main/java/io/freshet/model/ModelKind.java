package io.freshet.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The terms of a model's logit in addition to the first order, which every model has. */
public enum ModelKind {
  LR("Logistic regression: nothing else; rows hold no embedding.", false, false, false),
  FM("Factorization machine (Rendle 2010): all pairs of fields.", true, false, false),
  DEEPFM(
      "DeepFM (Guo et al. 2017): all pairs of fields, and hidden layers over their embeddings.",
      true,
      true,
      false),
  WIDE_DEEP(
      "Wide & Deep (Cheng et al. 2016): hidden layers; crossed features are declared as such.",
      false,
      true,
      false),
  DCN("DCN-V2, in parallel (Wang et al. 2021): cross layers and hidden layers.", false, true, true);

  private final String sentence;
  private final boolean pairs;
  private final boolean deep;
  private final boolean crosses;

  ModelKind(String sentence, boolean pairs, boolean deep, boolean crosses) {
    this.sentence = sentence;
    this.pairs = pairs;
    this.deep = deep;
    this.crosses = crosses;
  }

  public String sentence() {
    return sentence;
  }

  /** Whether the inner products of all pairs of field embeddings are summed. */
  public boolean pairs() {
    return pairs;
  }

  public boolean deep() {
    return deep;
  }

  public boolean crosses() {
    return crosses;
  }

  public boolean embeds() {
    return pairs || deep;
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
