/** Schemas of Avro events, from a folder or a schema registry. */
package io.freshet.event.registry;
