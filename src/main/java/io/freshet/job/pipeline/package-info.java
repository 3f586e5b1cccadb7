/** The topology and the settings of the Flink job. */
package io.freshet.job.pipeline;
