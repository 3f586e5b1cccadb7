/** Progressive validation: every example is predicted before it is learned. */
package io.freshet.evaluate;
