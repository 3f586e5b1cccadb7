/** Drafts a learner's configuration from records as they are. */
package io.freshet.cli.config.init;
