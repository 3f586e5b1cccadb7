/** Kafka topics in: decoding, watermarks, dead letters, routing. */
package io.freshet.job.source;
