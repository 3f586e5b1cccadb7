package io.freshet.event;

/** The raw feature values of one impression. */
public final class FeatureValues {}
