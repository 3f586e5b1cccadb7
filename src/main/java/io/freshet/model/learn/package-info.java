/** The learning step and the plain single-thread learner. */
package io.freshet.model.learn;
