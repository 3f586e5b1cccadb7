/** Model snapshots: their files, how they are written, published and read. */
package io.freshet.snapshot;
