package io.freshet.model.algebra;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.ejml.data.FMatrixRMaj;

/**
 * The products by OpenBLAS's {@code sgemm}, on the calling thread.
 *
 * <p>Matrices are copied to memory outside the heap and back: a copy costs a fiftieth of a product,
 * and a garbage collection need not wait for one. The memory belongs to direct buffers, which are
 * allocated once and grow with the largest step seen: so it counts against the limit that the
 * cluster sets for direct memory, and goes with the learner, without a call to free it.
 *
 * <p><b>The gradient waits.</b> Its product needs no weights: its factors gather over steps until
 * it is wanted, or until they are tall enough for full speed. Inputs are copied to where they
 * gather already on the way forth, and outputGradients before they are multiplied on the way back,
 * each once.
 *
 * <p><b>Thin steps.</b> {@code sgemm} first rearranges the weights, whatever the number of
 * examples: for few of them that costs more than the product, and the loops of {@link JavaProducts}
 * are faster. On the way back those want the weights transposed, again whenever they change: a few
 * examples are not worth it, and go through {@code sgemv} one by one.
 */
final class BlasProducts implements LayerProducts {
  /** Examples from which on {@code sgemm} is the faster one, measured for 400 × 400. */
  private static final int THIN = 16;

  /** Examples up to which {@code sgemv} is the fastest way back. */
  private static final int FEW = 2;

  /** Examples whose factors of the gradient are gathered. */
  private static final int TALL = 256;

  private static final int ROW_MAJOR = 101;
  private static final int AS_IS = 111;
  private static final int TRANSPOSED = 112;

  private final int in;
  private final int out;
  private final FloatBuffer weights;
  private final FloatBuffer gradient;
  private final JavaProducts thin;
  private final float[] thinWeights;
  private boolean thinIsStale = true;

  private FloatBuffer source = direct(0); // of a thin or narrow product under way
  private FloatBuffer ownWeights = direct(0); // of a narrow one
  private FloatBuffer result = direct(0);
  private FloatBuffer inputs = direct(0); // gathered, [gathered, in]
  private FloatBuffer outputGradients = direct(0); // gathered, [gathered, out]
  private int gathered;
  private int placed; // inputs of the last forward pass that follow the gathered ones
  private boolean isFresh = true; // what the gradient holds has been drained

  BlasProducts(int in, int out) {
    this.in = in;
    this.out = out;
    weights = direct(in * out);
    gradient = direct(in * out);
    thin = new JavaProducts(in, out);
    thinWeights = new float[in * out];
  }

  @Override
  public void weights(float[] values, int from) {
    weights.put(0, values, from, in * out);
    thinIsStale = true;
  }

  @Override
  public void forward(FMatrixRMaj x, FMatrixRMaj y) {
    int m = x.numRows;
    placed = 0;
    if (m >= THIN) {
      place(x);
      y.reshape(m, out);
      result = atLeast(result, m * out);
      if (out == 1) {
        sgemv(AS_IS, m, in, from(inputs, gathered * in), in, weights, 0, result);
      } else {
        sgemm(AS_IS, AS_IS, m, out, in, from(inputs, gathered * in), in, weights, 0, result);
      }
      result.get(0, y.data, 0, m * out);
    } else {
      thin().forward(x, y);
    }
  }

  @Override
  public void forward(FMatrixRMaj x, int[] own, FMatrixRMaj y) {
    if (out == 1) {
      forward(x, y);
      return;
    }
    int m = x.numRows;
    placed = 0;
    y.reshape(m, out);
    float[] common = thin().common(x, own);
    result = atLeast(result, m * out);
    for (int i = 0; i < m; i++) {
      result.put(i * out, common, 0, out);
    }
    if (own.length > 0) {
      narrow(x, own);
      sgemm(AS_IS, AS_IS, m, out, own.length, source, own.length, ownWeights, 1, result);
    }
    result.get(0, y.data, 0, m * out);
  }

  /** Copies some columns of X to the source, and their rows of the weights. */
  private void narrow(FMatrixRMaj x, int[] columns) {
    int n = columns.length;
    source = atLeast(source, x.numRows * n);
    ownWeights = atLeast(ownWeights, n * out);
    for (int j = 0; j < n; j++) {
      ownWeights.put(j * out, weights, columns[j] * out, out);
    }
    float[] row = new float[n];
    for (int i = 0; i < x.numRows; i++) {
      for (int j = 0; j < n; j++) {
        row[j] = x.data[i * in + columns[j]];
      }
      source.put(i * n, row, 0, n);
    }
  }

  @Override
  public void blank(int i) {
    for (int at = (gathered + i) * in; i < placed && at < (gathered + i + 1) * in; at++) {
      inputs.put(at, 0);
    }
  }

  @Override
  public void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx) {
    int m = dy.numRows;
    if (placed != m) {
      place(x);
    }
    outputGradients = atLeast(outputGradients, Math.max(TALL, m) * out, gathered * out);
    outputGradients.put(gathered * out, dy.data, 0, m * out);
    if (m >= THIN) {
      dx.reshape(m, in);
      result = atLeast(result, m * in);
      sgemm(
          AS_IS,
          TRANSPOSED,
          m,
          in,
          out,
          from(outputGradients, gathered * out),
          out,
          weights,
          0,
          result);
      result.get(0, dx.data, 0, m * in);
    } else if (m > FEW) {
      thin().backward(dy, dx);
    } else {
      backOneByOne(dy, dx);
    }
    gathered += m;
    placed = 0;
  }

  @Override
  public void drain(float[] target, int at) {
    addGathered();
    if (isFresh) {
      Arrays.fill(target, at, at + in * out, 0);
    } else {
      gradient.get(0, target, at, in * out);
    }
    isFresh = true;
  }

  private void place(FMatrixRMaj x) {
    if (gathered + x.numRows > TALL) {
      addGathered();
    }
    inputs = atLeast(inputs, Math.max(TALL, x.numRows) * in, gathered * in);
    inputs.put(gathered * in, x.data, 0, x.getNumElements());
    placed = x.numRows;
  }

  private JavaProducts thin() {
    if (thinIsStale) {
      weights.get(0, thinWeights);
      thin.weights(thinWeights, 0);
      thinIsStale = false;
    }
    return thin;
  }

  private void backOneByOne(FMatrixRMaj dy, FMatrixRMaj dx) {
    dx.reshape(dy.numRows, in);
    source = atLeast(source, out);
    result = atLeast(result, in);
    for (int i = 0; i < dy.numRows; i++) {
      source.put(0, dy.data, i * out, out);
      sgemv(AS_IS, in, out, weights, out, source, 0, result);
      result.get(0, dx.data, i * in, in);
    }
  }

  /** Gradient += Xᵀ · dY over what was gathered. */
  private void addGathered() {
    if (gathered == 0) {
      return;
    }
    float beta = isFresh ? 0 : 1;
    if (out == 1) {
      sgemv(TRANSPOSED, gathered, in, inputs, in, outputGradients, beta, gradient);
    } else {
      sgemm(TRANSPOSED, AS_IS, in, out, gathered, inputs, in, outputGradients, beta, gradient);
    }
    isFresh = false;
    gathered = 0;
  }

  /** C [m, n] = op(A) · op(B) + beta · C; A's rows are lda long, B is the weights or n wide. */
  private void sgemm(
      int opA,
      int opB,
      int m,
      int n,
      int depth,
      FloatBuffer a,
      int lda,
      FloatBuffer b,
      float beta,
      FloatBuffer c) {
    openblas_nolapack.cblas_sgemm(ROW_MAJOR, opA, opB, m, n, depth, 1, a, lda, b, out, beta, c, n);
  }

  /** y = op(A) · x + beta · y; A is [m, n], its rows lda long. */
  private static void sgemv(
      int op, int m, int n, FloatBuffer a, int lda, FloatBuffer x, float beta, FloatBuffer y) {
    openblas_nolapack.cblas_sgemv(ROW_MAJOR, op, m, n, 1, a, lda, x, 1, beta, y, 1);
  }

  private static FloatBuffer from(FloatBuffer buffer, int at) {
    return at == 0 ? buffer : buffer.slice(at, buffer.capacity() - at);
  }

  private static FloatBuffer atLeast(FloatBuffer buffer, int floats) {
    return atLeast(buffer, floats, 0);
  }

  /** The buffer or a larger one, that holds the first {@code kept} floats of it. */
  private static FloatBuffer atLeast(FloatBuffer buffer, int floats, int kept) {
    if (buffer.capacity() >= floats) {
      return buffer;
    }
    FloatBuffer larger = direct(floats + floats / 2);
    larger.put(0, buffer, 0, kept);
    return larger;
  }

  /** Memory outside the heap that begins with a cache line. */
  private static FloatBuffer direct(int floats) {
    int line = 64;
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES) + 2 * line)
        .alignedSlice(line)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
