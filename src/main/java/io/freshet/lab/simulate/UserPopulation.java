package io.freshet.lab.simulate;

import java.util.random.RandomGenerator;

/**
 * Which user comes next: by the Zipf law, mixed as in real traffic: any {@value #WINDOW}
 * impressions in a row are of {@value #DISTINCT} users or more. A draw that would leave too few is
 * repeated.
 */
final class UserPopulation {
  static final int WINDOW = 64;
  static final int DISTINCT = 40;

  private final Zipf users;
  private final RandomGenerator random;
  private final int[] recent = new int[WINDOW]; // ring of the last users
  private final int[] occurrences; // of each user among them
  private int repeats; // of users among the last ones
  private long drawn;

  UserPopulation(int users, double skew, RandomGenerator random) {
    this.users = new Zipf(users, skew);
    this.random = random;
    occurrences = new int[users];
  }

  int next() {
    int place = (int) (drawn % WINDOW);
    if (drawn >= WINDOW && --occurrences[recent[place]] > 0) {
      repeats--;
    }
    int user = users.draw(random);
    while (occurrences[user] > 0 && repeats == WINDOW - DISTINCT) {
      user = users.draw(random);
    }
    if (occurrences[user]++ > 0) {
      repeats++;
    }
    recent[place] = user;
    drawn++;
    return user;
  }
}
