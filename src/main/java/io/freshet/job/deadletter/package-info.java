/** Records that are no events, with the reason. */
package io.freshet.job.deadletter;
