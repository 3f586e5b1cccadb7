/** Looking at a learner's configuration: what is wrong with it, and what it comes to. */
package io.freshet.cli.config;
