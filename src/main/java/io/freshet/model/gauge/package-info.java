/**
 * What the learner measures beside its parameters, as sums: the numbers' moments, the base rate,
 * and how well each expert of the served prediction did.
 */
package io.freshet.model.gauge;
