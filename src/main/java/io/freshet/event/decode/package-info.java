/** Decoders from a record's bytes to an impression or a click, over any format's tokens. */
package io.freshet.event.decode;
