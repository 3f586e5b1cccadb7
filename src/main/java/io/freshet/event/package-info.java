/**
 * Impressions and clicks as they come from Kafka, and what is wrong with those that do not decode.
 */
package io.freshet.event;
