/** The Flink job: what it reads from and writes to Kafka, and its topology. */
package io.freshet.job;
