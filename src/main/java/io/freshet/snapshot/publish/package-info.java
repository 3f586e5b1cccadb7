/** The publisher: one consistent version a checkpoint. */
package io.freshet.snapshot.publish;
