package io.freshet.kafka;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes clients of one Kafka cluster. Properties win over the settings made here, except for
 * timeouts: Kafka refuses some pairs of them.
 *
 * @param servers {@code host:port}, several with commas between
 * @param properties of every client (TLS, SASL, …), with {@link PropertyReferences}; they hold
 *     secrets, so no message shows a value
 * @param timeout after which a request fails
 */
public record KafkaClients(String servers, Map<String, String> properties, Duration timeout)
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Records of aborted transactions never happened, so consumers do not see them. */
  public static final String READ_COMMITTED = "read_committed";

  /** In what Kafka says where a class is missing that properties name. */
  private static final Pattern MISSING_CLASS =
      Pattern.compile("could not be found|cannot be found|No LoginModule found");

  private static final String UNKNOWN_HOSTS = "No resolvable bootstrap urls";

  public KafkaClients {
    requireNonNull(servers, "servers");
    properties = Map.copyOf(properties);
    requireNonNull(timeout, "timeout");
  }

  /** Clients that wait ten seconds for an answer. */
  public KafkaClients(String servers, Map<String, String> properties) {
    this(servers, properties, TIMEOUT);
  }

  /** Clients without further properties. */
  public KafkaClients(String servers) {
    this(servers, Map.of());
  }

  /** The same cluster, with another timeout. */
  public KafkaClients within(Duration timeout) {
    return new KafkaClients(servers, properties, timeout);
  }

  /**
   * A client that looks at topics and changes them.
   *
   * @throws IOException if it cannot be made with these properties
   */
  public TopicAdmin topicAdmin() throws IOException {
    return new TopicAdmin(make(client(), Admin::create), this);
  }

  /**
   * A consumer that starts at the first record, sees no aborted transaction, commits nothing and
   * creates no topic.
   *
   * @throws IOException if it cannot be made with these properties
   */
  public KafkaConsumer<byte[], byte[]> consumer() throws IOException {
    return consumer(Map.of());
  }

  /** A consumer with settings that win over all others. */
  public KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) throws IOException {
    Map<String, Object> client = new HashMap<>();
    client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, READ_COMMITTED);
    client.putAll(client());
    client.putAll(settings);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    return make(client, all -> new KafkaConsumer<>(all, bytes, bytes));
  }

  /**
   * A producer.
   *
   * @param settings used where the properties say nothing
   * @throws IOException if it cannot be made with these properties
   */
  public KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) throws IOException {
    Map<String, Object> client = new HashMap<>(settings);
    client.putAll(PropertyReferences.late(properties));
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    ByteArraySerializer bytes = new ByteArraySerializer();
    return make(client, all -> new KafkaProducer<>(all, bytes, bytes));
  }

  private Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>();
    int millis = Math.toIntExact(timeout.toMillis());
    client.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
    client.putAll(PropertyReferences.late(properties));
    client.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    client.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    return client;
  }

  /** The cause is left out: what Kafka says of properties may quote them, passwords and all. */
  private <T> T make(Map<String, Object> client, Function<Map<String, Object>, T> constructor)
      throws IOException {
    try {
      return constructor.apply(client);
    } catch (KafkaException e) {
      throw new IOException(reason(e));
    }
  }

  private String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PropertyReferences.UnresolvedPropertyException) {
        return cause.getMessage();
      }
      String message = Objects.requireNonNullElse(cause.getMessage(), "");
      if (MISSING_CLASS.matcher(message).find()) {
        return "a class that kafka.properties name is not on the class path; expected its jar"
            + " there: java -cp freshet.jar:PLUGIN.jar io.freshet.Main, on a cluster flink"
            + " run -C file:///PLUGIN.jar, or usrlib";
      }
      if (message.startsWith(UNKNOWN_HOSTS)) {
        return "no host in \"%s\" is known here; expected names that resolve in kafka.bootstrap-servers"
            .formatted(servers);
      }
    }
    return "Kafka's client cannot use kafka.properties, of which %s are set; expected sasl.jaas.config as <module> required username=\"…\" password=\"…\";"
        .formatted(properties.keySet().stream().sorted().toList());
  }

  /** Shows no value of a property. */
  @Override
  public String toString() {
    return "KafkaClients[servers=%s, properties=%s]"
        .formatted(servers, properties.keySet().stream().sorted().toList());
  }
}
