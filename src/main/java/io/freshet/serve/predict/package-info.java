/**
 * Predictions with the served model, whatever the protocol: budgets, scorers, metrics, readiness.
 */
package io.freshet.serve.predict;
