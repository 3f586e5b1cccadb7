/** Kafka topics and files out. */
package io.freshet.job.sink;
