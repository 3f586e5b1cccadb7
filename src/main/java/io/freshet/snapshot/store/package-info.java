/** The versions below a root: reading, verifying, the current one, pins. */
package io.freshet.snapshot.store;
