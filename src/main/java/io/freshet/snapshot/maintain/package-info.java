/** Compaction, garbage collection and comparison of versions. */
package io.freshet.snapshot.maintain;
