package io.freshet.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The terms of a model's logit in addition to the first order, which every model has. */
public enum ModelKind {
  /** Logistic regression: nothing else; rows hold no embedding. */
  LR(false, false, false),
  /** Factorization machine (Rendle 2010): all pairs of fields. */
  FM(true, false, false),
  /** DeepFM (Guo et al. 2017): all pairs of fields, and hidden layers over their embeddings. */
  DEEPFM(true, true, false),
  /** Wide &amp; Deep (Cheng et al. 2016): hidden layers; crossed features are declared as such. */
  WIDE_DEEP(false, true, false),
  /** DCN-V2, in parallel (Wang et al. 2021): cross layers next to hidden layers. */
  DCN(false, true, true);

  private final boolean pairs;
  private final boolean deep;
  private final boolean crosses;

  ModelKind(boolean pairs, boolean deep, boolean crosses) {
    this.pairs = pairs;
    this.deep = deep;
    this.crosses = crosses;
  }

  /** Whether the inner products of all pairs of field embeddings are summed. */
  public boolean pairs() {
    return pairs;
  }

  /** Whether there may be hidden layers. */
  public boolean deep() {
    return deep;
  }

  /** Whether there are cross layers. */
  public boolean crosses() {
    return crosses;
  }

  /** Whether rows hold an embedding. */
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
