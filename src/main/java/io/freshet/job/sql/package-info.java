/** Tables and views of Flink SQL in: a script's rows become the events that topics would hold. */
package io.freshet.job.sql;
