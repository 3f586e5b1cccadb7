/**
 * Processes that die while a stream is learned, and the proof that nothing was lost: a plan drawn
 * from a seed, a real cluster, a plain oracle over the same records.
 */
package io.freshet.lab.chaos;
