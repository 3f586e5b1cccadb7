/** The topics that a learner reads and writes: how they should be, how they are, creating them. */
package io.freshet.cli.topics;
