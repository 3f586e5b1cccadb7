package io.freshet.model;

import java.io.Serializable;

/**
 * What keeps learning in bounds whatever the stream is. All are on, and no configuration turns them
 * off: {@link #OFF} is for comparisons and for tests of the plain formulas.
 *
 * @param offset whether the base rate is an offset of every logit
 * @param mixture whether predictions are mixed from several experts
 * @param ratesBySize whether rates shrink with the number of fields and the fan-in of layers
 * @param caps of steps
 */
public record Safeguards(boolean offset, boolean mixture, boolean ratesBySize, StepCaps caps)
    implements Serializable {
  public static final Safeguards ON = new Safeguards(true, true, true, new StepCaps(0.25f, 2, 1));
  public static final Safeguards OFF = new Safeguards(false, false, false, StepCaps.NONE);

  /**
   * How much a step may change the logits of its own examples, against their gradients: see {@link
   * #share}.
   *
   * @param firstOrder of first-order weights; infinite for no cap
   */
  public record StepCaps(float firstOrder, float embeddings, float dense) implements Serializable {
    private static final float OFF = Float.POSITIVE_INFINITY;
    static final StepCaps NONE = new StepCaps(OFF, OFF, OFF);
    private static final float ALONE = 4;

    /** Those of a kind of model: first-order weights may move further where there is no more. */
    public StepCaps of(ModelKind kind) {
      return kind == ModelKind.LR ? new StepCaps(ALONE * firstOrder, embeddings, dense) : this;
    }

    /**
     * The share of a step to take: {@code min(1, cap · Σ s² / D)}, with s the gradients of the
     * examples' losses by their logits, and D what the whole step would change of the loss, to
     * first order. A single example's logit moves by at most cap · |s|, many alike ones' together
     * by at most the cap. This is normalized LMS (Nagumo and Noda 1967) with the step of any
     * optimizer.
     */
    public static float share(float cap, double squaredGradients, double change) {
      double most = cap * squaredGradients;
      return change > most ? (float) (most / change) : 1;
    }
  }
}
