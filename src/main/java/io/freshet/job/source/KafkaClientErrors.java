package io.freshet.job.source;

import java.util.Collection;
import org.apache.kafka.common.KafkaException;

/**
 * Why a client of Kafka could not be made, without its cause: what Kafka says of properties that it
 * cannot use may quote them, passwords and all.
 */
public final class KafkaClientErrors {
  private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

  private KafkaClientErrors() {}

  /** What is wrong, as far as it may be told. */
  public static String reason(
      KafkaException failure, String servers, Collection<String> properties) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && cause.getMessage().startsWith(UNKNOWN_HOSTS)) {
        return "no host in \"%s\" is known here; see that kafka.bootstrap-servers is right"
            .formatted(servers);
      }
    }
    return "Kafka's client cannot use kafka.properties, of which %s are set; sasl.jaas.config is right as <module> required username=\"…\" password=\"…\";"
        .formatted(properties.stream().sorted().toList());
  }
}
