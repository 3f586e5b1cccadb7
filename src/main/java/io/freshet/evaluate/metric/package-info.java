/** Metrics in bounded memory: AUC, logloss, calibration, per user and slice. */
package io.freshet.evaluate.metric;
