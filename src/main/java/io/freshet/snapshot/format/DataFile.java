package io.freshet.snapshot.format;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** A file next to the manifest, as that names it. */
public interface DataFile {
  String name();

  /** Bytes. */
  long size();

  /** Of the bytes, in hexadecimal. */
  String sha256();

  /** The file of the dense part, and the tensors in it. */
  record DenseFile(String name, long size, String sha256, List<TensorShape> tensors, long examples)
      implements DataFile {
    public DenseFile {
      requireNonNull(name, "name");
      requireNonNull(sha256, "sha256");
      tensors = List.copyOf(tensors);
    }
  }

  /** A tensor's name and the sizes of its dimensions. */
  record TensorShape(String name, List<Long> shape) {
    public TensorShape {
      requireNonNull(name, "name");
      shape = List.copyOf(shape);
    }
  }

  /**
   * A file of rows.
   *
   * @param updates sum over the file's rows of the training occurrences of each so far
   */
  record EmbeddingFile(String name, long size, String sha256, long rows, long updates)
      implements DataFile {
    public EmbeddingFile {
      requireNonNull(name, "name");
      requireNonNull(sha256, "sha256");
    }
  }

  /**
   * A file of histories.
   *
   * @param histories how many
   * @param actions of all of them
   */
  record HistoryFile(String name, long size, String sha256, long histories, long actions)
      implements DataFile {
    public HistoryFile {
      requireNonNull(name, "name");
      requireNonNull(sha256, "sha256");
    }
  }
}
