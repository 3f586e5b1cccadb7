/** What the state of the loop was written with, and what may be restored into what. */
package io.freshet.train.state;
