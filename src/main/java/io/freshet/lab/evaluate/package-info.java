/** The command {@code evaluate}: published snapshots on data, and learners against each other. */
package io.freshet.lab.evaluate;
