/** {@code freshet snapshot}: what lies below a snapshot root, and whether it is sound. */
package io.freshet.cli.snapshot;
