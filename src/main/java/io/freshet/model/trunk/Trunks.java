package io.freshet.model.trunk;

import io.freshet.model.NetworkSettings;
import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.Dropout;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import io.freshet.model.trunk.Trunk.Branch;
import java.util.List;
import java.util.Map;

/** The forms of trunks: what layers each has, and the class that computes them. */
public final class Trunks {
  /** One form. */
  public interface Form {
    /** Its layers, with an output unit for each branch that has one, not placed yet. */
    List<Layer> layers(NetworkInputs inputs, NetworkSettings settings, boolean normalized);

    /** The last units, in the order of {@link Trunk#forward}. */
    List<Branch> branches(NetworkInputs inputs, NetworkSettings settings);

    /**
     * The layers up to the last units.
     *
     * @param firstNumber how many layers of the model have units that drop out before these
     */
    Trunk trunk(Parts parts, int firstNumber);

    /** Whether the mean of the branches counts, and they learn from each other. */
    default boolean distills() {
      return false;
    }
  }

  /**
   * What a dense part is made of.
   *
   * @param indexes of fields, by their numbers
   */
  public record Parts(
      NetworkInputs inputs,
      int[] indexes,
      NetworkSettings settings,
      Layers layers,
      Dropout dropout,
      LinearAlgebra algebra) {
    public Parts with(Dropout own) {
      return new Parts(inputs, indexes, settings, layers, own, algebra);
    }

    public Parts with(Layers some) {
      return new Parts(inputs, indexes, settings, some, dropout, algebra);
    }
  }

  private static final Map<String, Form> FORMS =
      Map.of(
          NetworkSettings.PLAIN,
          CrossAndDeep.FORM,
          FinalMlp.KEY,
          FinalMlp.FORM,
          FinalNet.KEY,
          FinalNet.FORM);

  private Trunks() {}

  public static Form form(NetworkSettings settings) {
    Form form = FORMS.get(settings.form());
    if (form == null) {
      throw new IllegalArgumentException("no dense part is of the form " + settings.form());
    }
    return form;
  }
}
