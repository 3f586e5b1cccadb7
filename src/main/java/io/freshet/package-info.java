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
 *                 │     └───────────────────── final labels ─► ImpressionScores           │
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
 * io.freshet.job.LearnerTopology} builds this graph, {@link io.freshet.train.TrainingLoop} the loop
 * in it.
 *
 * <p>The packages; {@code ArchitectureTest} holds who may use whom:
 *
 * <pre>
 * event     impressions and clicks, their decoders, and what is wrong with a bad record
 * feature   from raw values to feature ids: one encoder for training and serving
 * model     DeepFM, its optimisers and the plain learner; no Flink, no I/O
 * wire      hand-written codecs: how records travel and lie in state
 * count     counters that are part of a checkpoint
 * join      impressions and clicks to labelled examples
 * train     the loop of trainers, shards and mergers
 * evaluate  progressive validation
 * snapshot  snapshots: written, judged, published, merged, deleted, read
 * registry  the schemas that Avro events were written with, by id
 * config    one YAML file to settings, or every problem at once
 * serve     following snapshots, scoring with them, HTTP; no Flink
 * job       the topology, its Kafka edges, the main class of the slim jar
 * cli       the command freshet, the simulator, the broker in process
 * </pre>
 */
package io.freshet;
