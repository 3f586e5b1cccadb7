/** The sources of the console's figures. */
package io.freshet.cli.console.source;
