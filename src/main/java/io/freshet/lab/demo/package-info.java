/** The demo: Kafka, Flink, a stream and the learner in one process, with a report at the end. */
package io.freshet.lab.demo;
