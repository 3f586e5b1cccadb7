/** Files of a snapshot: manifest, safetensors, rows. */
package io.freshet.snapshot.format;
