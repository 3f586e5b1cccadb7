/** Events on their way to Kafka: how they are written, paced and sent. */
package io.freshet.lab.stream;
