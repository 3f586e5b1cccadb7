/**
 * Fits models to files by several passes, for comparison with published figures: {@link
 * io.freshet.lab.fit.FitCommand}.
 */
package io.freshet.lab.fit;
