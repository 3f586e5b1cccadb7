/**
 * Freshet, a streaming online learner: impressions and clicks come from Kafka, a Flink job joins
 * them, trains DeepFM on the examples, and publishes snapshots of the model.
 *
 * <pre>
 *  impressions (Kafka)    clicks (Kafka)     decoded and encoded in their sources
 *           │                  │
 *           ▼                  ▼
 *      SourceRouter       SourceRouter ─────── dead letters ─────────────────────► Kafka
 *           │                  │     └──────── offsets ───────────────────────────────────┐
 *           └──► LabelJoin ◄───┘                                                          │
 *                 │     ├───────────────────── late clicks ──────────────────────► Kafka  │
 *           HistoryFill └───────────────────── final labels ─► ImpressionScores           │
 *                 │ examples                                    ▲                         │
 *                 ▼                                             │ impressions' own        │
 *    ┌───────► Trainer ──── predictions ─────► ProgressiveValidation ── metrics ─► Kafka  │
 *    │          │   │                                     └────────── figures ────────────┤
 *    │          │   └────── dense deltas ────► DenseMerger ────────── dense slices ───────┤
 *    │          │                                  │                                      │
 *    │          └────────── lookups, deltas ─► EmbeddingShard ── touched rows ───► SnapshotWriter
 *    │                                             │ │                                    │ parts
 *    │                                             │ │                                    ▼
 *    └─── FeedbackTail ◄─── rows, merged slices ───┴─┘                            SnapshotPublisher
 *         (in the process of its trainer)                                                 │
 *                                                                                         ▼
 *                                                                                 files below a root,
 *                                                                                 announcements in Kafka
 * </pre>
 *
 * <p>All of it fails and recovers as one: Kafka offsets, the join's state and every parameter lie
 * in one checkpoint. The feedback is drained before a checkpoint's barrier passes, so each example
 * changes the model exactly once, and a snapshot is the whole model at one barrier. {@link
 * io.freshet.job.pipeline.LearnerTopology} builds this graph, {@link
 * io.freshet.train.loop.TrainingLoop} the loop in it.
 *
 * <p>To read the code, open these six in this order: {@link
 * io.freshet.job.pipeline.LearnerTopology} (the graph above), {@link
 * io.freshet.join.operator.LabelJoin} (events to labeled examples), {@link
 * io.freshet.train.loop.Trainer} (examples to batches, and the drain at a barrier), {@link
 * io.freshet.model.learn.BatchLearner} (the arithmetic of a step), {@link
 * io.freshet.train.table.EmbeddingShard} (the table's rows) and {@link
 * io.freshet.snapshot.publish.SnapshotPublisher} (one consistent version).
 *
 * <p>The packages, each with rooms of its own; {@code ArchitectureTest} holds who may use whom:
 *
 * <pre>
 * event     impressions and clicks, their decoders and schemas, what is wrong with a bad record
 * feature   from raw values to feature ids: one encoder for training and serving
 * wire      how records travel and lie in state
 * join      impressions and clicks to labeled examples
 * model     DeepFM and related models, optimizers, the plain learner; no Flink, no I/O
 * train     the loop of trainers, shards and mergers
 * evaluate  progressive validation
 * snapshot  snapshots: written, published, maintained, read
 * serve     following snapshots, scoring with them, HTTP; no Flink
 * interop   models of PyTorch as versions, versions as ONNX
 * sql       a provider of models for Flink SQL's ML_PREDICT
 * config    one YAML file to settings, or every problem at once
 * job       the topology, its Kafka edges, the main class of the slim jar
 * cli       the commands that users run
 * lab       what shows and proves: demo, simulation, replay, benchmarks, chaos
 * </pre>
 */
package io.freshet;
