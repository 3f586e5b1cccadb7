/**
 * Flink SQL: a provider of models for {@code ML_PREDICT} that follows the snapshots of a root and
 * scores as serving does.
 *
 * <pre>
 * CREATE MODEL ──► FreshetModelFactory ──► PredictorProvider      while the query is planned
 *
 * rows ──► InputColumns ──► SnapshotPredictor ──► OutputColumns   in each subtask
 *                                 │
 *                          SharedFollowers ──► SnapshotFollower   one for a root in a process
 * </pre>
 */
package io.freshet.sql;
