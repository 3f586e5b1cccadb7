/** The benchmark of snapshots in stores that are far away. */
package io.freshet.lab.bench.snapshot;
