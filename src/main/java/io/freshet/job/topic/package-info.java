/** A Kafka topic as a source: its partitions, those that come later, and whether it is the same. */
package io.freshet.job.topic;
