package io.freshet.model.network;

import io.freshet.model.layer.OutputUnit;
import io.freshet.model.layer.Rows;
import io.freshet.model.trunk.Trunk;
import io.freshet.model.trunk.Trunk.Branch;
import io.freshet.model.trunk.Trunks.Form;
import io.freshet.model.trunk.Trunks.Parts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ejml.data.FMatrixRMaj;

/**
 * A trunk whose branches are closed by a linear output unit each. The term is their sum; where they
 * learn from each other, their mean.
 */
final class TrunkNetwork implements DenseNetwork {
  private final Trunk trunk;
  private final OutputUnit[] outs; // null for a branch whose units are summed up
  private final List<OutputUnit> outputUnits; // those that there are
  private final Distillation distillation; // null where there is none
  private final FMatrixRMaj output = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj spread = new FMatrixRMaj(0, 0);
  private List<FMatrixRMaj> units; // of the last forward pass

  TrunkNetwork(Form form, Parts parts) {
    List<Branch> branches = form.branches(parts.inputs(), parts.settings());
    trunk = form.trunk(parts, 0);
    outs = new OutputUnit[branches.size()];
    for (int b = 0; b < outs.length; b++) {
      String name = branches.get(b).out();
      outs[b] = name.isEmpty() ? null : new OutputUnit(parts.layers().get(name), parts.algebra());
    }
    outputUnits = Arrays.stream(outs).filter(Objects::nonNull).toList();
    distillation = form.distills() ? new Distillation() : null;
  }

  @Override
  public void values(float[] all) {
    trunk.values(all);
    outputUnits.forEach(out -> out.values(all));
  }

  @Override
  public FMatrixRMaj forward(FMatrixRMaj embeddings, boolean training) {
    units = trunk.forward(embeddings, training);
    Rows.zeros(output, embeddings.numRows, 1);
    for (int b = 0; b < outs.length; b++) {
      if (outs[b] == null) {
        addSums(units.get(b));
      } else {
        Rows.add(outs[b].forward(units.get(b)), output);
      }
    }
    for (int i = 0; i < output.numRows && distillation != null; i++) {
      output.data[i] /= outs.length;
    }
    return output;
  }

  private void addSums(FMatrixRMaj of) {
    for (int i = 0; i < of.numRows; i++) {
      for (int at = i * of.numCols; at < (i + 1) * of.numCols; at++) {
        output.data[i] += of.data[at];
      }
    }
  }

  @Override
  public boolean isTaught() {
    return distillation != null && outs.length > 1;
  }

  @Override
  public void teach(float[] logits, float[] weights) {
    distillation.teach(logits, weights);
  }

  @Override
  public FMatrixRMaj backward(float[] logitGradients) {
    for (int i = 0; i < output.numRows; i++) {
      if (Float.isNaN(logitGradients[i])) {
        blank(i);
      }
    }
    List<FMatrixRMaj> byUnits = new ArrayList<>();
    for (int b = 0; b < outs.length; b++) {
      byUnits.add(
          outs[b] == null
              ? spread(logitGradients, units.get(b).numCols)
              : outs[b].backward(byOutput(b, logitGradients)));
    }
    return trunk.backward(byUnits);
  }

  /** The gradients by the output of a branch. */
  private float[] byOutput(int branch, float[] logitGradients) {
    if (distillation == null) {
      return logitGradients;
    }
    float[] shares = new float[output.numRows];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = logitGradients[i] / outs.length;
    }
    if (isTaught()) {
      distillation.addTo(shares, output, outs[branch].output());
    }
    return shares;
  }

  private FMatrixRMaj spread(float[] logitGradients, int columns) {
    spread.reshape(output.numRows, columns);
    for (int i = 0; i < output.numRows; i++) {
      float gradient = Float.isNaN(logitGradients[i]) ? 0 : logitGradients[i];
      Arrays.fill(spread.data, i * columns, (i + 1) * columns, gradient);
    }
    return spread;
  }

  private void blank(int i) {
    trunk.blank(i);
    outputUnits.forEach(out -> out.blank(i));
  }

  @Override
  public void drain(float[] gradient) {
    trunk.drain(gradient);
    outputUnits.forEach(out -> out.drain(gradient));
  }

  @Override
  public float[] running() {
    return trunk.running();
  }

  @Override
  public void running(float[] all) {
    trunk.running(all);
  }
}
