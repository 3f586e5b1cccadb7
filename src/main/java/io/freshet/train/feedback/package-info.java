/** The in-process edge from parameter servers back to their trainer. */
package io.freshet.train.feedback;
