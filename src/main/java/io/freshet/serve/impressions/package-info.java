/**
 * Impressions that a server logs, in the learner's own form: what is learned is what was scored.
 */
package io.freshet.serve.impressions;
