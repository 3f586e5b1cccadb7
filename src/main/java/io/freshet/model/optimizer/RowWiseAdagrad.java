package io.freshet.model.optimizer;

/**
 * Adagrad with one accumulator for a whole vector, as FBGEMM's and TorchRec's {@code
 * EXACT_ROWWISE_ADAGRAD} for rows of embedding tables (fbgemm_gpu, {@code
 * split_embedding_optimizers}; Mudigere et al. 2022, arXiv 2104.05158).
 *
 * <p>The one slot of a vector of k parameters is n, which starts above 0; |g|² / k is the mean of
 * the squared gradients:
 *
 * <pre>
 * n += |g|² / k
 * x -= rate · g / √min(n, cap)
 * </pre>
 *
 * A table takes nearly half the memory that it takes with an accumulator for each parameter; for
 * vectors of one parameter it is {@link Adagrad}. n stops at {@value Optimizer#MAX_SUM}.
 *
 * @param accumulatorCap as Adagrad's
 */
public record RowWiseAdagrad(float learningRate, float initialAccumulator, float accumulatorCap)
    implements OptimizerSettings {
  static final OptimizerKind<RowWiseAdagrad> KIND =
      new OptimizerKind<>(
          RowWiseAdagrad.class,
          "rowwise-adagrad",
          "Adagrad with one accumulator for each embedding vector, as FBGEMM's.",
          new RowWiseAdagrad(0.1f, 0.1f),
          (s, d) ->
              new RowWiseAdagrad(
                  OptimizerKind.learningRate(s, d.learningRate),
                  OptimizerKind.initialAccumulator(s, d.initialAccumulator),
                  OptimizerKind.accumulatorCap(s, d.accumulatorCap)));

  public RowWiseAdagrad {
    Checks.positive("learning rate", learningRate);
    Checks.positive("initial accumulator", initialAccumulator);
    Checks.cap(accumulatorCap, initialAccumulator);
  }

  public RowWiseAdagrad(float learningRate, float initialAccumulator) {
    this(learningRate, initialAccumulator, NO_CAP);
  }

  @Override
  public boolean isForVectors() {
    return true;
  }

  @Override
  public RowWiseAdagrad scaled(float factor) {
    return new RowWiseAdagrad(factor * learningRate, initialAccumulator, accumulatorCap);
  }

  @Override
  public Optimizer optimizer() {
    return new DirectOptimizer(1, initialAccumulator) {
      @Override
      public int slotWidth(int n) {
        return Math.min(n, 1);
      }

      @Override
      public double prepare(float[] a, int p, int s, int stride, int n, float[] gradient, int g) {
        if (n == 0) {
          return 0;
        }
        float squares = 0;
        for (int i = g; i < g + n; i++) {
          squares += gradient[i] * gradient[i];
        }
        a[s] = Math.min(a[s] + squares / n, MAX_SUM);
        float step = learningRate / (float) Math.sqrt(Math.min(a[s], accumulatorCap));
        for (int i = g; i < g + n; i++) {
          gradient[i] *= -step;
        }
        return (double) step * squares;
      }
    };
  }
}
