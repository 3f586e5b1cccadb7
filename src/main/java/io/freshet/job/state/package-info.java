/** The state that a job starts from, as its metadata says. */
package io.freshet.job.state;
