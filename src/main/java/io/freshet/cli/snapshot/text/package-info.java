/** Manifests, rows and tables as text. */
package io.freshet.cli.snapshot.text;
