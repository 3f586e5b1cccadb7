/** The writer: rows that a shard changed, and histories, in files of their own. */
package io.freshet.snapshot.write;
