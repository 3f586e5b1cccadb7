/** A real Flink cluster and a real broker, each process a JVM of its own that may be killed. */
package io.freshet.lab.cluster;
