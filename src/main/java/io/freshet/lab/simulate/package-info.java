/** An ad stream with a known truth, so that the best possible is known too. */
package io.freshet.lab.simulate;
