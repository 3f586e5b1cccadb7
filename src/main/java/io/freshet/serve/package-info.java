/**
 * Serving: follows the snapshots of a root, and scores with the current one; plain Java, without
 * Flink.
 *
 * <pre>
 * latest.json, versions ──► SnapshotFollower ──► RowStore: on the heap, or RocksDB
 *                                                     │ ServedModel: one version, held by its readers
 *                                                     ▼
 * JSON over HTTP ──► ModelServer ──► ModelService ──► Scorer ──► probabilities ──► ImpressionLog ──► Kafka
 *           gRPC ──► GrpcServer ──────────▲
 * </pre>
 */
package io.freshet.serve;
