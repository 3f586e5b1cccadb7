package io.freshet.model.network;

import io.freshet.model.layer.Dropout;
import io.freshet.model.layer.Layer;
import io.freshet.model.trunk.Trunks.Parts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * A network for each task, of the form that one task has. Each computes those examples of a row
 * step that need it, and learns from them.
 */
public final class Towers implements TaskNetworks {
  private final List<Tower> towers = new ArrayList<>();
  private final Dropout dropout;
  private final FMatrixRMaj inputGradients = new FMatrixRMaj(0, 0);

  /** The networks of the first task, and of those that the settings name. */
  Towers(Parts parts) {
    dropout = parts.dropout();
    towers.add(new Tower(dropout.apart(), parts));
    for (String task : parts.settings().tasks()) {
      Dropout own = dropout.apart();
      towers.add(new Tower(own, parts.with(parts.layers().under(prefix(task)))));
    }
  }

  /** What the names of a task's layers begin with. */
  public static String prefix(String task) {
    return "task." + task + ".";
  }

  /** Whether a layer is of a task in addition to the first. */
  public static boolean isOne(Layer layer) {
    return layer.name().startsWith("task.");
  }

  @Override
  public void values(float[] all) {
    towers.forEach(tower -> tower.network.values(all));
  }

  @Override
  public void forward(FMatrixRMaj embeddings, Needs needs, boolean training) {
    for (int t = 0; t < towers.size(); t++) {
      towers.get(t).gather(embeddings, needs, t);
      towers.get(t).forward(dropout, training);
    }
  }

  @Override
  public float output(int task, int example) {
    return towers.get(task).outputs[example];
  }

  @Override
  public boolean isTaught() {
    return towers.get(0).network.isTaught();
  }

  @Override
  public void teach(int task, float[] logits, float[] weights) {
    Tower tower = towers.get(task);
    tower.network.teach(tower.pick(logits), tower.pick(weights));
  }

  @Override
  public FMatrixRMaj backward(float[][] logitGradients, int examples, int units) {
    inputGradients.reshape(examples, units);
    Arrays.fill(inputGradients.data, 0, examples * units, 0);
    for (int t = 0; t < towers.size(); t++) {
      towers.get(t).backward(logitGradients[t], inputGradients);
    }
    return inputGradients;
  }

  @Override
  public void drain(float[] gradient) {
    towers.forEach(tower -> tower.network.drain(gradient));
  }

  private static final class Tower {
    private final Dropout dropout;
    private final DenseNetwork network;
    private final FMatrixRMaj inputs = new FMatrixRMaj(0, 0);
    private int[] rows = new int[0]; // the examples that need it
    private int n;
    private float[] outputs = new float[0]; // by example

    Tower(Dropout dropout, Parts parts) {
      this.dropout = dropout;
      network = Networks.of(parts.with(dropout));
    }

    private void gather(FMatrixRMaj embeddings, Needs needs, int task) {
      int units = embeddings.numCols;
      if (rows.length < embeddings.numRows) {
        rows = new int[2 * embeddings.numRows];
        outputs = new float[rows.length];
      }
      n = 0;
      for (int i = 0; i < embeddings.numRows; i++) {
        if (needs.of(i, task)) {
          rows[n++] = i;
        }
      }
      inputs.reshape(n, units);
      for (int j = 0; j < n; j++) {
        System.arraycopy(embeddings.data, rows[j] * units, inputs.data, j * units, units);
      }
    }

    private void forward(Dropout whole, boolean training) {
      Arrays.fill(outputs, 0);
      if (n == 0) {
        return;
      }
      dropout.examplesOf(whole, rows, n);
      FMatrixRMaj found = network.forward(inputs, training);
      for (int j = 0; j < n; j++) {
        outputs[rows[j]] = found.data[j];
      }
    }

    private float[] pick(float[] byExample) {
      float[] picked = new float[n];
      for (int j = 0; j < n; j++) {
        picked[j] = byExample[rows[j]];
      }
      return picked;
    }

    private void backward(float[] logitGradients, FMatrixRMaj sums) {
      if (n == 0) {
        return;
      }
      int units = inputs.numCols;
      FMatrixRMaj found = network.backward(pick(logitGradients));
      for (int j = 0; j < n; j++) {
        int at = rows[j] * units;
        for (int u = 0; u < units; u++) {
          sums.data[at + u] += found.data[j * units + u];
        }
      }
    }
  }
}
