package io.freshet.lab.simulate;

import java.util.List;

/** An item that is shown: its name, and what everyone knows of it. */
record Item(int number, List<Integer> genres, double price) {
  Item {
    genres = List.copyOf(genres);
  }
}
