package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;

/** The names in a savepoint or a checkpoint under which the job finds its state again. */
final class StateNames {
  private static final Pattern CLASS = Pattern.compile("io\\.freshet\\.[\\w.$]+");

  private StateNames() {}

  /** Operator ids with the names of their states. */
  static Set<String> of(Path state) throws IOException {
    Set<String> names = new TreeSet<>();
    for (OperatorState operator : metadata(state).getOperatorStates()) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        String id = operator.getOperatorID() + " ";
        for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
          handle.getStateNameToPartitionOffsets().keySet().forEach(name -> names.add(id + name));
        }
        for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
          keyed((StreamStateHandle) handle).forEach(info -> names.add(id + info.getName()));
        }
      }
    }
    return names;
  }

  /** The names of lists that each subtask reads whole. */
  static Set<String> unions(Path state) throws IOException {
    Set<String> names = new TreeSet<>();
    for (OperatorState operator : metadata(state).getOperatorStates()) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
          handle
              .getStateNameToPartitionOffsets()
              .forEach(
                  (name, info) -> {
                    if (info.getDistributionMode() == OperatorStateHandle.Mode.UNION) {
                      names.add(name);
                    }
                  });
        }
      }
    }
    return names;
  }

  private static CheckpointMetadata metadata(Path state) throws IOException {
    try (var in = new DataInputStream(Files.newInputStream(state.resolve("_metadata")))) {
      return Checkpoints.loadCheckpointMetadata(
          in, StateNames.class.getClassLoader(), "file://" + state);
    }
  }

  private static List<StateMetaInfoSnapshot> keyed(StreamStateHandle handle) throws IOException {
    try (var in = handle.openInputStream()) {
      var proxy = new KeyedBackendSerializationProxy<>(StateNames.class.getClassLoader());
      proxy.read(new DataInputViewStreamWrapper(in));
      return proxy.getStateMetaInfoSnapshots();
    }
  }

  /** The names of classes of ours in any file of the state. */
  static Set<String> classes(Path state) throws IOException {
    Set<String> classes = new TreeSet<>();
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        CLASS
            .matcher(new String(Files.readAllBytes(file), ISO_8859_1))
            .results()
            .forEach(match -> classes.add(match.group()));
      }
    }
    return classes;
  }
}
