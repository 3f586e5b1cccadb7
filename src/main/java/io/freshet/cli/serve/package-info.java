/** The command {@code freshet serve}. */
package io.freshet.cli.serve;
