package io.freshet.lab.demo;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * Where a demo's page is.
 *
 * @param port 0 for any free one; absent for the usual one, or any where that is taken
 * @param staysOpen whether the page outlives the run
 */
record PagePlace(OptionalInt port, boolean staysOpen) {
  PagePlace {
    requireNonNull(port, "port");
  }
}
