/** The progress line of a learner in this process. */
package io.freshet.cli.status;
