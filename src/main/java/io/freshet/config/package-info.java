/**
 * The configuration: one YAML file and {@code --set} overrides in, {@link
 * io.freshet.config.LearnerConfig} or every problem at once out.
 *
 * <pre>
 * YAML text ── YamlTree ──► Node (knows its Place) ◄── Overrides ── --set a.b=c
 *                             │
 *                          Section  typed reads, collects Problems
 *                             │
 *            LearnerReader, FeatureReader, OptimizerReader, KafkaReader
 *                             │
 *                       LearnerConfig ── Advice ──► warnings
 * </pre>
 */
package io.freshet.config;
