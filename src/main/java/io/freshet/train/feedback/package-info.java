/** The in-process edge from shards and mergers back to their trainer. */
package io.freshet.train.feedback;
