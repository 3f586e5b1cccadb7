/**
 * The training loop inside the Flink job. {@link io.freshet.train.loop.TrainingLoop} is its door.
 *
 * <pre>
 *                    ┌──────────────── responses (same process, co-located) ─────────────┐
 *                    ▼                                                                   │
 *  examples ──►  Trainer ──┬── lookups, row deltas ──► EmbeddingShard ──┬── rows ──► FeedbackTail
 *                          │                            (by fid)        └── changed rows ──► snapshot
 *                          ├── dense deltas ─────────► DenseMerger ─────┬── merged slices ──► FeedbackTail
 *                          │                            (by slice)      └── weights ──► snapshot
 *                          └── predictions ──► evaluation
 * </pre>
 *
 * <p>All parameters are treated alike: a trainer pulls them, learns locally, and pushes the change,
 * which is added. The feedback edge is not an edge of Flink's graph, which has no cycles: a tail
 * passes responses to the trainer of its own process as mails. The drain makes this exactly-once:
 * before a trainer lets a checkpoint barrier pass, it waits until nothing of it is in flight, so
 * that the state of shards and mergers at the barrier has every example before it and none after.
 *
 * <p>Only the operators touch Flink's internals: {@link io.freshet.train.loop.Trainer}, {@link
 * io.freshet.train.feedback.FeedbackTail}, and as {@link
 * io.freshet.train.feedback.ParameterServer}s {@link io.freshet.train.table.EmbeddingShard} and
 * {@link io.freshet.train.dense.DenseMerger}. The table itself is plain: {@code EmbeddingTable}.
 */
package io.freshet.train;
