/**
 * The console: a page in the browser that shows how a learner is doing, from what anybody can see
 * of it.
 *
 * <pre>
 * metrics topic ──► QualityWatch ─┐
 * Kafka's ends  ──► LagWatch ─────┤
 * snapshot root ──► ChainWatch ───┼──► Panel each ──► ConsoleHandler ──► the page (resources here)
 *               ──► FieldWatch ───┤                        │
 * Flink's REST  ──► FlowWatch ────┘                        └──► Scoring: a server of predictions
 * </pre>
 *
 * <p>Each watch looks again and again on its own; a page polls {@code /data/status} and fetches
 * those panels that have changed. Nothing is written anywhere, and what is held is bounded.
 */
package io.freshet.cli.console;
