package io.freshet.model.trunk;

import io.freshet.model.layer.Layer.Axis;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * The layers of a dense part up to its last units, which output units make a term of: what differs
 * from kind to kind. A network of one task is one trunk that is closed so; tasks may share several
 * trunks as experts.
 *
 * <p>Gradients gather over calls of {@link #backward} until they are drained. Matrices have one row
 * an example and are reused.
 */
public interface Trunk {
  /**
   * Some of the last units.
   *
   * @param out name of the output unit over them; empty where their sum counts
   * @param units how many
   * @param axis what they are
   */
  record Branch(String out, int units, Axis axis) {
    /** What the units of some branches are, side by side. */
    public static Axis axis(List<Branch> branches) {
      Axis first = branches.get(0).axis();
      return first == Axis.EMBEDDINGS && branches.size() > 1 ? Axis.EMBEDDINGS_FIRST : first;
    }
  }

  /** Takes over finished values of all parameters. */
  void values(float[] all);

  /**
   * Computes the last units of embeddings [m, in], which must stay as they are for the way back.
   *
   * @return a matrix a branch
   */
  List<FMatrixRMaj> forward(FMatrixRMaj embeddings, boolean training);

  /**
   * Adds the parameters' gradients for the examples of the last forward pass.
   *
   * @param gradients by the last units, branch by branch; changed in place
   * @return the gradients by the embeddings
   */
  FMatrixRMaj backward(List<FMatrixRMaj> gradients);

  /** Forgets example i, so that with gradient 0 it adds nothing, not even infinity times 0. */
  void blank(int i);

  /** Writes the gathered gradients, in the order of the parameters, and resets them. */
  void drain(float[] gradient);

  /** How many layers have units that drop out. */
  int depth();

  /** What normalization has learned without gradients. */
  float[] running();

  void running(float[] all);
}
