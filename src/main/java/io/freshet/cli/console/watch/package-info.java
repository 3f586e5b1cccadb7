/** The console's watches. */
package io.freshet.cli.console.watch;
