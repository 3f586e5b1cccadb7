/**
 * The schemas that Avro events were written with, by id: from a folder, or from a service that
 * speaks the protocol of Confluent's schema registry.
 */
package io.freshet.registry;
