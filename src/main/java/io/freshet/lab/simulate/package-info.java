/** An ad stream with a known truth: what a learner can reach at best is known too. */
package io.freshet.lab.simulate;
