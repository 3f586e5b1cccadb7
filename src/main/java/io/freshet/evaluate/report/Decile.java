package io.freshet.evaluate.report;

/**
 * A tenth of the examples by weight, those of like predictions together, lowest first.
 *
 * @param weight sum of the examples' weights
 * @param prediction their mean prediction
 * @param rate their mean label
 */
public record Decile(double weight, double prediction, double rate) {}
