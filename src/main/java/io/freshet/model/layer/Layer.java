package io.freshet.model.layer;

/**
 * One linear layer in the vector of a dense part's parameters: its weights [in, out] row by row,
 * then its biases [out] and, where its units are normalized, their scales [out].
 *
 * @param name what its tensors' names start with
 * @param in units before it; 0 where it has biases only
 * @param out units of it
 * @param at index of its first parameter
 * @param isLast whether its outputs are parts of the logit
 * @param from what the units before it are
 * @param to what its own units are
 */
public record Layer(
    String name,
    int in,
    int out,
    int at,
    boolean biased,
    boolean normalized,
    boolean isLast,
    Start start,
    Axis from,
    Axis to) {

  /** What its parameters start as. */
  public enum Start {
    /** Random weights, no biases. */
    RANDOM,
    /** Every unit is 1: no weights, biases of 1. */
    ONE,
    /** Every unit is that of its number before it, or 0 where there is none. */
    IDENTITY
  }

  /** What units are, by which they are found again when the fields change. */
  public enum Axis {
    /** Units of a layer, known by their number. */
    UNITS,
    /** The embeddings of all fields. */
    EMBEDDINGS,
    /** The embeddings of all fields, twice. */
    EMBEDDINGS_TWICE,
    /** The embeddings of all fields, then units of layers. */
    EMBEDDINGS_FIRST,
    /** One a field. */
    FIELDS
  }

  /** A layer with biases, not placed yet. */
  public static Layer of(String name, int in, int out) {
    return new Layer(name, in, out, 0, true, false, false, Start.RANDOM, Axis.UNITS, Axis.UNITS);
  }

  public Layer unbiased() {
    return new Layer(name, in, out, at, false, normalized, isLast, start, from, to);
  }

  public Layer normalized(boolean is) {
    return new Layer(name, in, out, at, biased, is, isLast, start, from, to);
  }

  public Layer startingAs(Start how) {
    return new Layer(name, in, out, at, biased, normalized, isLast, how, from, to);
  }

  public Layer last() {
    return new Layer(name, in, out, at, biased, normalized, true, start, from, to);
  }

  /** The same where other layers follow. */
  public Layer notLast() {
    return new Layer(name, in, out, at, biased, normalized, false, start, from, to);
  }

  public Layer from(Axis axis) {
    return new Layer(name, in, out, at, biased, normalized, isLast, start, axis, to);
  }

  public Layer to(Axis axis) {
    return new Layer(name, in, out, at, biased, normalized, isLast, start, from, axis);
  }

  /** The same by another name. */
  public Layer named(String other) {
    return new Layer(other, in, out, at, biased, normalized, isLast, start, from, to);
  }

  Layer at(int index) {
    return new Layer(name, in, out, index, biased, normalized, isLast, start, from, to);
  }

  /** Index of its first weight. */
  public int weights() {
    return at;
  }

  /** Index of its first bias, if it has any. */
  public int biases() {
    return at + in * out;
  }

  /** Index of its first scale, if it has any. */
  public int scales() {
    return biases() + (biased ? out : 0);
  }

  public int end() {
    return scales() + (normalized ? out : 0);
  }
}
