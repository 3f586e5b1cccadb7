package io.freshet.model.dense;

/**
 * A slice of the merged deep part on its way to the snapshot.
 *
 * @param from index of the first parameter, in the order of {@link DenseParameters}
 * @param values finished values of the parameters from there on
 * @param examples examples whose dense steps the slice holds
 */
public record DenseBlock(int from, float[] values, long examples) {}
