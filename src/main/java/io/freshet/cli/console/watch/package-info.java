/** What the console watches. */
package io.freshet.cli.console.watch;
