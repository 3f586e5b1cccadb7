package io.freshet.model.algebra;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the matrix products run on: OpenBLAS where its native library loads, plain Java where not.
 *
 * <p>Chosen once in a process, when the first learner is made, and said in the log. OpenBLAS runs
 * on the calling thread only: the job's parallelism is that of its task slots.
 */
public enum LinearAlgebra {
  OPENBLAS {
    @Override
    public LayerProducts products(int in, int out) {
      return new BlasProducts(in, out);
    }
  },
  JAVA {
    @Override
    public LayerProducts products(int in, int out) {
      return new JavaProducts(in, out);
    }
  };

  private static final Logger LOG = LoggerFactory.getLogger(LinearAlgebra.class);

  public abstract LayerProducts products(int in, int out);

  /** The one that this process uses. */
  public static LinearAlgebra chosen() {
    return Choice.MADE;
  }

  /** OpenBLAS, if loading it succeeds. */
  static LinearAlgebra choose(Runnable loading) {
    try {
      loading.run();
      LOG.info("matrix products: OpenBLAS, one thread a learner");
      return OPENBLAS;
    } catch (LinkageError e) {
      LOG.warn("matrix products: plain Java, several times slower: OpenBLAS does not load", e);
      return JAVA;
    }
  }

  /**
   * Loads OpenBLAS's native library. JavaCPP, which binds it, is configured beforehand to start no
   * thread for freeing memory, which would keep a stopped job's classes alive, and not to hold the
   * memory of the whole process against its own limit; direct buffers need neither.
   */
  private static void load() {
    setUnlessSet("org.bytedeco.javacpp.nopointergc", "true");
    setUnlessSet("org.bytedeco.javacpp.maxbytes", "0");
    setUnlessSet("org.bytedeco.javacpp.maxphysicalbytes", "0");
    openblas_nolapack.blas_set_num_threads(1);
  }

  private static void setUnlessSet(String property, String value) {
    System.getProperties().putIfAbsent(property, value);
  }

  private static final class Choice {
    static final LinearAlgebra MADE = choose(LinearAlgebra::load);
  }
}
