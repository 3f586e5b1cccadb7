package io.freshet.model;

/** The plain single-thread learner: oracle of the tests and yardstick of the benchmarks. */
public final class LocalLearner {}
