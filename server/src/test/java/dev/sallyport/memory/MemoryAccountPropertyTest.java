package dev.sallyport.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever users reserve and release, and in whatever order. */
final class MemoryAccountPropertyTest {
  private static final int STEPS = 20_000;
  private static final int USERS = 12;
  private static final long TOTAL = 128L * 1024 * 1024;

  /** What a plain forward reserves. */
  private static final long FORWARD = 128 * 1024;

  private final MemoryAccount account = new MemoryAccount(TOTAL, _ -> {});
  private final Map<String, List<Long>> reserved = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theTotalIsNeverExceededAndANewUserAlwaysGetsAForward(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < STEPS; i++) {
      step(random);
      assertThat(account.used()).isEqualTo(sum()).isLessThanOrEqualTo(TOTAL);
      MemoryShare fresh = account.share("new");
      assertThat(fresh.reserve(FORWARD)).as("step %d", i).isTrue();
      fresh.release(FORWARD);
    }
    reserved.forEach((user, sizes) -> sizes.forEach(bytes -> account.share(user).release(bytes)));
    assertThat(account.used()).isZero();
  }

  private void step(Random random) {
    MemoryShare share = account.share("user-" + random.nextInt(USERS));
    List<Long> own = reserved.computeIfAbsent(share.user(), _ -> new ArrayList<>());
    // More is reserved than released, so that most users are at their limit most of the time.
    if (own.isEmpty() || random.nextInt(10) < 6) {
      long bytes = 1L << random.nextInt(24);
      if (random.nextBoolean() ? share.reserve(bytes) : share.reserveExtra(bytes)) {
        own.add(bytes);
      }
    } else {
      share.release(own.remove(random.nextInt(own.size())));
    }
  }

  private long sum() {
    return reserved.values().stream().flatMap(List::stream).mapToLong(Long::longValue).sum();
  }
}
