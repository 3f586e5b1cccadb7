/**
 * Processes that die while a stream is learned, and the proof that nothing is lost: a plan drawn
 * from a seed, a real cluster, an oracle over the same records.
 */
package io.freshet.lab.chaos;
