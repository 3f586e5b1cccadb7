package io.freshet.join;

/**
 * The final label of an impression, to hold the prediction against that was made when it was shown.
 *
 * @param key of the impression, as {@code ImpressionHash} makes it
 * @param time event time of the decision, epoch milliseconds
 * @param label what came within the window, whatever a correction learned of later clicks
 * @param weight importance weight of the impression
 */
public record FinalLabel(long key, long time, float label, float weight) {}
