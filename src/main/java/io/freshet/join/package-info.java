/**
 * The label join: impressions and clicks in, labeled examples out.
 *
 * <pre>
 *                      LabelJoin            Flink: keyed state, an agenda of what is due,
 *                          │                watermarks, counters
 *                      LocalJoin            the same without Flink, for comparisons in one process
 *                          │
 *  impression, click,      ▼
 *  time ──────────►   Attribution           the life of an impression id: what is known of it,
 *                          │                which actions count (ActionRules), when its label is
 *                          │                final, and what comes too late for it (LateActions)
 *                          ▼
 *                     WaitingPolicy         what is emitted, and when:
 *                          │                WaitForLabel   the final label, once
 *                          │                FakeNegatives  a negative at once or after a short
 *                          ▼                               wait, and a positive at the click
 *                      JoinOutput           examples, final labels, late clicks, actions
 *                          │
 *                      HistoryFill          where the job keeps histories: fills the sequences of
 *                                           examples from the actions of their users
 * </pre>
 *
 * <p><b>Who decides what.</b> {@code Attribution} knows nothing of policies: it asks its policy
 * when the next thing is due ({@code WaitingPolicy.due}), and tells it of the four moments of an
 * impression: opened, due, final, corrected by a late click. A policy knows nothing of state, and
 * of time no more than the time it gives to an example: one ahead of the watermark is held back
 * until then. Whether a negative may be emitted now is a question between the two: it comes up in
 * {@code Attribution.onTime} alone, where an entry whose time has come can be put off.
 *
 * <p><b>An example carries</b> its label, the impression's importance weight, its {@code
 * LabeledExample.Kind} and the share of clicks that come after a short wait. Weights that hang on
 * the model's own probability are not the join's: the learner computes them, in {@code
 * io.freshet.model.label.LabelCorrection}. What is sampled is decided here, by a hash of the
 * impression id, so that a replay decides the same.
 *
 * <p><b>State by impression id</b> is a {@code JoinEntry}: what came early, what waits, what was
 * decided. Beside it, by subtask: {@code JoinCounts}, the histogram of click delays, and when the
 * stream began.
 */
package io.freshet.join;
