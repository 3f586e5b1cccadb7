/**
 * The training loop inside the Flink job.
 *
 * <pre>
 *                    ┌──────────────── answers (same process, co-located) ───────────────┐
 *                    ▼                                                                   │
 *  examples ──►  Trainer ──┬── lookups, row deltas ──► EmbeddingShard ──┬── rows ──► FeedbackTail
 *                          │                            (by fid)        └── touched rows ──► snapshot
 *                          ├── dense deltas ─────────► DenseMerger ─────┬── merged slices ──► FeedbackTail
 *                          │                            (by slice)      └── finished slices ──► snapshot
 *                          └── predictions ──► evaluation
 * </pre>
 *
 * <p>All parameters are treated alike: pulled, learned on locally, and what changed is pushed and
 * added. The feedback edge is no edge of Flink's graph, which has no cycles: a tail hands answers
 * to the trainer of its own process as mails. What makes this exactly-once is the drain: before a
 * trainer lets a checkpoint barrier pass, it waits until nothing of it is under way, so that the
 * state of shards and mergers at the barrier holds every example before it and none after.
 *
 * <p>Only {@link io.freshet.train.loop.Trainer}, {@link io.freshet.train.table.EmbeddingShard},
 * {@link io.freshet.train.dense.DenseMerger}, {@link io.freshet.train.feedback.FeedbackTail} and
 * what stands between them and the mailbox touch Flink's internals.
 */
package io.freshet.train;
