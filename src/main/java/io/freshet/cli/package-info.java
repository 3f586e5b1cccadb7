/** The command line: {@code freshet} and its commands, each in a package of its own. */
package io.freshet.cli;
