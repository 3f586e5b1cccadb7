/** Tokens of Protobuf records, read by their descriptors without building messages. */
package io.freshet.event.protobuf;
