package io.freshet.lab.labels;

/**
 * The stream that policies are compared on.
 *
 * @param impressions how many; the second half is measured
 * @param perSecond impressions in a second of event time
 * @param clickRate share of the impressions that are clicked, however late
 * @param drift turns of tastes in a day of event time
 * @param hour whether learners see the hour of the day, a feature that tells when an example is
 *     from
 */
public record LabelConditions(
    long seed, long impressions, double perSecond, double clickRate, double drift, boolean hour) {}
