/** What a learner in this process says of itself while it runs. */
package io.freshet.cli.status;
