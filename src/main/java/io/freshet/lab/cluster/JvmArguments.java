package io.freshet.lab.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * What Flink's shell scripts compute from its configuration: arguments of the JVM, and memory sizes
 * as settings.
 *
 * @param settings {@code key=value} each
 */
record JvmArguments(List<String> jvm, List<String> settings) {
  JvmArguments {
    jvm = List.copyOf(jvm);
    settings = List.copyOf(settings);
  }

  static JvmArguments ofJobManager(Configuration flink) {
    var memory = JobManagerProcessUtils.processSpecFromConfig(flink);
    return new JvmArguments(
        jvm(
            flink,
            JobManagerProcessUtils.generateJvmParametersStr(memory, flink),
            CoreOptions.FLINK_JM_JVM_OPTIONS),
        settings(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
  }

  static JvmArguments ofTaskManager(Configuration flink) {
    var memory = TaskExecutorProcessUtils.processSpecFromConfig(flink);
    return new JvmArguments(
        jvm(
            flink,
            ProcessMemoryUtils.generateJvmParametersStr(memory),
            CoreOptions.FLINK_TM_JVM_OPTIONS),
        settings(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
  }

  private static List<String> jvm(
      Configuration flink, String memory, ConfigOption<String> ofProcess) {
    List<String> arguments = new ArrayList<>(words(memory).toList());
    // starts half full of committed memory: a laptop holds several of them
    arguments.removeIf(argument -> argument.startsWith("-Xms"));
    words(flink.get(CoreOptions.FLINK_JVM_OPTIONS)).forEach(arguments::add);
    words(flink.get(CoreOptions.FLINK_DEFAULT_JVM_OPTIONS)).forEach(arguments::add);
    words(flink.get(ofProcess)).forEach(arguments::add);
    // two collectors end a JVM at once
    arguments.removeIf(argument -> isCollector(argument) && environmentHasCollector());
    return arguments;
  }

  private static boolean isCollector(String argument) {
    return argument.matches("-XX:\\+Use\\w+GC");
  }

  private static boolean environmentHasCollector() {
    return Stream.of("_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
        .flatMap(variable -> words(System.getenv(variable)))
        .anyMatch(JvmArguments::isCollector);
  }

  private static List<String> settings(String dynamic) {
    return words(dynamic).filter(word -> !word.equals("-D")).toList();
  }

  private static Stream<String> words(String text) {
    return text == null || text.isBlank() ? Stream.empty() : Stream.of(text.strip().split("\\s+"));
  }
}
