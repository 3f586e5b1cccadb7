/** The writer: rows that a shard changed, in files of its own. */
package io.freshet.snapshot.write;
