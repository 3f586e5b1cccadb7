package io.freshet.model.layer;

import java.util.ArrayList;
import java.util.List;

/**
 * The layers of a dense part, in the order of their parameters in one vector.
 *
 * @param all placed one after the other
 */
public record Layers(List<Layer> all) {
  public Layers {
    all = List.copyOf(all);
  }

  /** Places layers one after the other. */
  public static Layers of(List<Layer> layers) {
    List<Layer> placed = new ArrayList<>();
    int at = 0;
    for (Layer layer : layers) {
      placed.add(layer.at(at));
      at = placed.get(placed.size() - 1).end();
    }
    return new Layers(placed);
  }

  public boolean has(String name) {
    return all.stream().anyMatch(layer -> layer.name().equals(name));
  }

  public Layer get(String name) {
    return all.stream().filter(layer -> layer.name().equals(name)).findFirst().orElseThrow();
  }

  /** The numbered layers of a group: {@code name.0}, {@code name.1}, …. */
  public List<Layer> group(String name) {
    String start = name + ".";
    return all.stream()
        .filter(layer -> layer.name().startsWith(start))
        .filter(layer -> layer.name().substring(start.length()).matches("\\d+"))
        .toList();
  }

  /** The layers whose names begin so, by the rest of their names; they stay in their places. */
  public Layers under(String prefix) {
    return new Layers(
        all.stream()
            .filter(layer -> layer.name().startsWith(prefix))
            .map(layer -> layer.named(layer.name().substring(prefix.length())))
            .toList());
  }

  /** Parameters in all. */
  public int size() {
    return all.isEmpty() ? 0 : all.get(all.size() - 1).end();
  }
}
