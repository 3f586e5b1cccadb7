package io.freshet.lab.bench.quality;

/**
 * How well a stream was predicted, each example before it was learned.
 *
 * @param logloss of all examples, as {@code auc} and {@code ne}
 * @param rel logloss of the examples after the first, over that of the running base rate, (clicks +
 *     ½) / (examples + 1): above 1 the model is worse than no model
 * @param worst the highest {@code rel} of ten windows
 * @param calibration predicted over seen clicks after the first examples
 * @param nats by how much the whole loss after the first examples is above the base rate's
 * @param baseLogloss of the running base rate, all examples
 * @param skipped examples not learned, and predictions that are no number
 */
public record QualityFigures(
    int examples,
    double auc,
    double logloss,
    double ne,
    double rel,
    double worst,
    double calibration,
    double nats,
    double baseLogloss,
    long skipped) {}
