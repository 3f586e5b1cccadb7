/**
 * The trainer and the topology of the loop. {@link io.freshet.train.loop.TrainingLoop} is its door.
 */
package io.freshet.train.loop;
