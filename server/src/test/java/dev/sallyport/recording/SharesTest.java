package dev.sallyport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose recordings are removed when all take too much. */
class SharesTest {
  private record Held(String user, long bytes, boolean isRemovable) {}

  /** Removes as retention does, oldest first, and returns what is left. */
  private static List<Held> remaining(List<Held> all, long most) {
    Shares shares = new Shares();
    all.forEach(one -> shares.add(one.user(), one.bytes(), one.isRemovable()));
    shares.limit(most);
    List<Held> left = remaining(all, shares);
    shares.round();
    return remaining(left, shares);
  }

  private static List<Held> remaining(List<Held> all, Shares shares) {
    List<Held> left = new ArrayList<>();
    for (Held one : all) {
      if (one.isRemovable() && shares.mustGo(one.user(), one.bytes())) {
        shares.removed(one.user(), one.bytes());
      } else {
        left.add(one);
      }
    }
    return left;
  }

  private static long total(List<Held> all) {
    return all.stream().mapToLong(Held::bytes).sum();
  }

  private static Map<String, Long> byUser(List<Held> all) {
    Map<String, Long> users = new HashMap<>();
    all.forEach(one -> users.merge(one.user(), one.bytes(), Long::sum));
    return users;
  }

  @Test
  void whateverUsersHoldTheSmallLoseNothingWhileALargerOneCanGive() {
    Random random = new Random(5);
    for (int round = 0; round < 2000; round++) {
      List<Held> all = new ArrayList<>();
      int count = random.nextInt(40);
      for (int i = 0; i < count; i++) {
        all.add(
            new Held("user" + random.nextInt(5), 1 + random.nextInt(100), random.nextBoolean()));
      }
      long most = random.nextInt(1500);
      List<Held> left = remaining(all, most);

      long removable = all.stream().filter(Held::isRemovable).mapToLong(Held::bytes).sum();
      if (total(all) <= most) {
        assertThat(left).isEqualTo(all);
      } else if (total(all) - removable <= most) {
        assertThat(total(left)).isLessThanOrEqualTo(most);
        assertThat(total(left)).as("no more than is needed").isGreaterThan(most - 500);
      } else {
        assertThat(left).noneMatch(Held::isRemovable);
      }
      assertThat(left.stream().filter(one -> !one.isRemovable()).toList())
          .isEqualTo(all.stream().filter(one -> !one.isRemovable()).toList());
      if (total(left) <= most) {
        Map<String, Long> now = byUser(left);
        for (Map.Entry<String, Long> before : byUser(all).entrySet()) {
          boolean gave = now.getOrDefault(before.getKey(), 0L) < before.getValue();
          if (gave) {
            // Nobody who had less than this one by more than a recording.
            left.stream()
                .filter(Held::isRemovable)
                .map(Held::user)
                .distinct()
                .forEach(other ->
                    assertThat(now.get(other)).isLessThanOrEqualTo(before.getValue() + 100));
          }
        }
      }
    }
  }
}
