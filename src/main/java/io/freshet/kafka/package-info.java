/**
 * Clients of Kafka, their settings, and what their failures mean; the only place that makes any.
 */
package io.freshet.kafka;
