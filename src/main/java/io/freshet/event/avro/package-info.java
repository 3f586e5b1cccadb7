/** Tokens of Avro records, read as their reader schema says without building them. */
package io.freshet.event.avro;
