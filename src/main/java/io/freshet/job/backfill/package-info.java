/** Recorded events learned before the stream. */
package io.freshet.job.backfill;
