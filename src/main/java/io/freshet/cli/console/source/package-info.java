/** Where the console takes what it shows from. */
package io.freshet.cli.console.source;
