/**
 * Fitting a model to files by several passes, for comparison with published figures: {@link
 * io.freshet.cli.fit.FitCommand}.
 */
package io.freshet.cli.fit;
