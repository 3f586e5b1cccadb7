/**
 * Serving: follows the snapshots of a root, and scores with the current one; plain Java, without
 * Flink.
 *
 * <pre>
 * latest.json, versions ──► SnapshotFollower ──► ServedModel: RowTable, deep part
 *                                                     │ lent to one thread at a time
 *                                                     ▼
 * JSON over HTTP ──► ModelServer ──► Predictions ──► Scorer ──► probabilities
 * </pre>
 */
package io.freshet.serve;
