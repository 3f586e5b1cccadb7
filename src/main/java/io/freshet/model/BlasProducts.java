package io.freshet.model;

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
 * <p><b>Thin steps.</b> {@code sgemm} first rearranges the weights, whatever the number of
 * examples: for few of them that costs more than the product, and the loops of {@link JavaProducts}
 * are faster. The gradient needs no weights; its factors are gathered over steps until it is
 * wanted, or until they are tall enough for full speed.
 */
final class BlasProducts implements LayerProducts {
  /** Examples from which on {@code sgemm} is the faster one, measured for 400 × 400. */
  private static final int THIN = 16;

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

  private FloatBuffer source = direct(0); // a factor of the product under way
  private FloatBuffer result = direct(0);
  private FloatBuffer inputs = direct(0); // gathered, [gathered, in]
  private FloatBuffer slopes = direct(0); // gathered, [gathered, out]
  private int gathered;
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
    if (x.numRows < THIN) {
      thin().forward(x, y);
    } else {
      multiply(x, AS_IS, out, y);
    }
  }

  @Override
  public void backward(FMatrixRMaj dy, FMatrixRMaj dx) {
    if (dy.numRows < THIN) {
      thin().backward(dy, dx);
    } else {
      multiply(dy, TRANSPOSED, in, dx);
    }
  }

  @Override
  public void gather(FMatrixRMaj x, FMatrixRMaj dy) {
    if (gathered + x.numRows > TALL) {
      addGathered();
    }
    inputs = atLeast(inputs, Math.max(TALL, x.numRows) * in);
    slopes = atLeast(slopes, Math.max(TALL, x.numRows) * out);
    inputs.put(gathered * in, x.data, 0, x.getNumElements());
    slopes.put(gathered * out, dy.data, 0, dy.getNumElements());
    gathered += x.numRows;
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

  private JavaProducts thin() {
    if (thinIsStale) {
      weights.get(0, thinWeights);
      thin.weights(thinWeights, 0);
      thinIsStale = false;
    }
    return thin;
  }

  /** C = A · op(W), where C's rows are {@code width} long. */
  private void multiply(FMatrixRMaj a, int op, int width, FMatrixRMaj c) {
    int m = a.numRows;
    int depth = a.numCols;
    c.reshape(m, width);
    source = atLeast(source, m * depth);
    result = atLeast(result, m * width);
    source.put(0, a.data, 0, m * depth);
    sgemm(AS_IS, op, m, width, depth, source, depth, weights, 0, result);
    result.get(0, c.data, 0, m * width);
  }

  /** Gradient += Xᵀ · dY over what was gathered. */
  private void addGathered() {
    if (gathered > 0) {
      sgemm(TRANSPOSED, AS_IS, in, out, gathered, inputs, in, slopes, isFresh ? 0 : 1, gradient);
      isFresh = false;
      gathered = 0;
    }
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

  private static FloatBuffer atLeast(FloatBuffer buffer, int floats) {
    return buffer.capacity() < floats ? direct(floats + floats / 2) : buffer;
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
