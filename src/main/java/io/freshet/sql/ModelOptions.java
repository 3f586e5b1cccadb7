package io.freshet.sql;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.freshet.config.option.ValueType;
import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/**
 * The options of {@code CREATE MODEL}.
 *
 * @param source what is followed
 * @param name the model's name in its snapshots; null for any
 * @param columns whether INPUT has to be what the model reads
 * @param loadTimeout how long a subtask waits for the first version
 */
record ModelOptions(FollowedRoot source, String name, Columns columns, Duration loadTimeout)
    implements Serializable {
  private static final MemorySize LEAST_MEMORY = MemorySize.ofMebiBytes(16);

  static final ConfigOption<String> ROOT =
      key("root")
          .stringType()
          .noDefaultValue()
          .withDescription("The snapshot root, such as s3://bucket/snapshots.");
  static final ConfigOption<String> NAME =
      key("name")
          .stringType()
          .noDefaultValue()
          .withDescription("The model's name, checked against the snapshots.");
  static final ConfigOption<Columns> COLUMNS =
      key("columns")
          .enumType(Columns.class)
          .defaultValue(Columns.STRICT)
          .withDescription("Whether INPUT has to name the features of the model, and only them.");
  static final ConfigOption<Duration> POLL_INTERVAL =
      key("poll-interval")
          .durationType()
          .defaultValue(Duration.ofMillis(500))
          .withDescription("The time between two looks at the pointer to the current version.");
  static final ConfigOption<Duration> LOAD_TIMEOUT =
      key("load-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription("How long a subtask waits for the first version before it fails.");
  static final ConfigOption<Store> STORE =
      key("store")
          .enumType(Store.class)
          .defaultValue(Store.MEMORY)
          .withDescription("Where the rows are: on the heap, or in RocksDB on a local disk.");
  static final ConfigOption<String> STORE_DIR =
      key("store-dir")
          .stringType()
          .noDefaultValue()
          .withDescription("The folder of 'store' = 'rocksdb' on each task manager.");
  static final ConfigOption<MemorySize> STORE_MEMORY =
      key("store-memory")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(256))
          .withDescription("Memory outside the heap for 'store' = 'rocksdb'.");

  static final Set<ConfigOption<?>> OPTIONAL =
      Set.of(NAME, COLUMNS, POLL_INTERVAL, LOAD_TIMEOUT, STORE, STORE_DIR, STORE_MEMORY);

  /** Values of {@link #STORE}. */
  enum Store {
    MEMORY,
    ROCKSDB
  }

  /** Values of {@link #COLUMNS}. */
  enum Columns {
    STRICT,
    LENIENT
  }

  /**
   * The checked options.
   *
   * @throws ValidationException naming the option that is wrong
   */
  static ModelOptions of(ReadableConfig options) {
    Duration poll = positive(POLL_INTERVAL, options);
    Duration timeout = positive(LOAD_TIMEOUT, options);
    return new ModelOptions(
        new FollowedRoot(root(options), poll, storeFolder(options), storeBytes(options)),
        options.get(NAME),
        options.get(COLUMNS),
        timeout);
  }

  private static String root(ReadableConfig options) {
    String text = options.get(ROOT);
    return text.startsWith("/")
        ? text
        : ValueType.directory()
            .parse()
            .apply(text)
            .orElseThrow(() -> wrong(ROOT, text, ValueType.directory().phrase()));
  }

  private static Duration positive(ConfigOption<Duration> option, ReadableConfig options) {
    Duration duration = options.get(option);
    if (duration.toMillis() < 1) {
      throw wrong(option, duration, "1 ms or more");
    }
    return duration;
  }

  private static String storeFolder(ReadableConfig options) {
    String folder = options.get(STORE_DIR);
    boolean onDisk = options.get(STORE) == Store.ROCKSDB;
    if (onDisk && (folder == null || !folder.startsWith("/"))) {
      throw wrong(STORE_DIR, folder, "an absolute path, as 'store' is 'rocksdb'");
    }
    if (!onDisk && folder != null) {
      throw wrong(STORE_DIR, folder, "no folder, as 'store' is 'memory'");
    }
    return folder;
  }

  private static long storeBytes(ReadableConfig options) {
    MemorySize memory = options.get(STORE_MEMORY);
    if (memory.compareTo(LEAST_MEMORY) < 0) {
      throw wrong(STORE_MEMORY, memory, "16 mb or more");
    }
    return memory.getBytes();
  }

  private static ValidationException wrong(ConfigOption<?> option, Object value, String expected) {
    String what = value == null ? "is missing" : "is '" + value + "'";
    return new ValidationException(
        "The option '%s' %s; expected %s.".formatted(option.key(), what, expected));
  }
}
