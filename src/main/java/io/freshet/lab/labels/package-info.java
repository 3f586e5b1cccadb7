/** Policies of labels compared on the simulated stream, whose truth is known. */
package io.freshet.lab.labels;
