/** Evaluation of stored predictions, with bootstrap intervals. */
package io.freshet.evaluate.offline;
