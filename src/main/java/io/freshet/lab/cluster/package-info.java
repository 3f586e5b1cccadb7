/** A real Flink cluster and a real broker, each process a JVM that may be killed. */
package io.freshet.lab.cluster;
