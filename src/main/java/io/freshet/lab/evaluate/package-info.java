/** The command {@code evaluate}: published snapshots on data, and comparisons of learners. */
package io.freshet.lab.evaluate;
