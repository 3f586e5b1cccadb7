package io.freshet.evaluate.report;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How many distinct users there are among examples learned one after the other.
 *
 * @param per64 among 64, NaN before there are so many
 * @param per512 among 512
 */
public record UsersSeen(
    @JsonProperty("users_per_64") double per64, @JsonProperty("users_per_512") double per512) {
  public static final UsersSeen NONE = new UsersSeen(Double.NaN, Double.NaN);
}
