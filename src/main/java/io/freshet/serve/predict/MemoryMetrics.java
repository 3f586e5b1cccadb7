package io.freshet.serve.predict;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where the process's memory is: the heap, the JVM's own, direct buffers, RocksDB's, and all that
 * is resident. Names as Prometheus' client for Java has them, where it has any.
 */
final class MemoryMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");

  private MemoryMetrics() {}

  static void register(PrometheusRegistry registry, Supplier<ModelSet> models) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    gauge(
        registry,
        "jvm_memory_used_bytes",
        "Memory that the JVM uses; what is garbage is used too.",
        "area",
        gauge -> {
          gauge.call(memory.getHeapMemoryUsage().getUsed(), "heap");
          gauge.call(memory.getNonHeapMemoryUsage().getUsed(), "nonheap");
        });
    gauge(
        registry,
        "jvm_memory_max_bytes",
        "Memory that the JVM may use; -1 for no bound.",
        "area",
        gauge -> {
          gauge.call(memory.getHeapMemoryUsage().getMax(), "heap");
          gauge.call(memory.getNonHeapMemoryUsage().getMax(), "nonheap");
        });
    gauge(
        registry,
        "jvm_buffer_pool_used_bytes",
        "Memory of buffers outside the heap.",
        "pool",
        gauge ->
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
                .forEach(pool -> gauge.call(pool.getMemoryUsed(), pool.getName())));
    CounterWithCallback.builder()
        .name("jvm_gc_seconds_total")
        .help("Time that collections of garbage took.")
        .labelNames("gc")
        .callback(
            counter ->
                ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class)
                    .forEach(gc -> counter.call(gc.getCollectionTime() / 1e3, gc.getName())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("process_resident_memory_bytes")
        .help("Memory of the process that is resident.")
        .callback(gauge -> resident().ifPresent(gauge::call))
        .register(registry);
    GaugeWithCallback.builder()
        .name("freshet_store_bytes")
        .help("Memory outside the heap of a store on disk.")
        .labelNames("model", "part")
        .callback(
            gauge ->
                models
                    .get()
                    .models()
                    .forEach(
                        m ->
                            m.follower()
                                .nativeBytes()
                                .forEach(
                                    (part, bytes) -> gauge.call(bytes, m.name().orElse(""), part))))
        .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry,
      String name,
      String help,
      String label,
      Consumer<GaugeWithCallback.Callback> values) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(values)
        .register(registry);
  }

  /** Where the system says it: Linux. */
  private static OptionalLong resident() {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
