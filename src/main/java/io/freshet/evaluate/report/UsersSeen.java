package io.freshet.evaluate.report;

/**
 * How many distinct users there are among examples learned one after the other.
 *
 * @param per64 among 64, NaN before there are so many
 * @param per512 among 512
 */
public record UsersSeen(double per64, double per512) {
  public static final UsersSeen NONE = new UsersSeen(Double.NaN, Double.NaN);
}
