/** A real Kafka broker in this process, and the topics that the job needs. */
package io.freshet.lab.broker;
