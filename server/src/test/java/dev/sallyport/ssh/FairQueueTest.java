package dev.sallyport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.SourceNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FairQueueTest {
  private final FairQueue<String> queue = new FairQueue<>(1000, 100);

  private static Party source(String address) {
    return new Party.Unauthenticated(SourceNetwork.of(InetAddress.ofLiteral(address)));
  }

  private static Party user(String name) {
    return new Party.User(name);
  }

  /** {@code a1} is the first item of a; capital letters are users, others are sources. */
  private static Party party(String item) {
    char letter = item.charAt(0);
    return Character.isUpperCase(letter)
        ? user(String.valueOf(letter))
        : source("192.0.2." + (int) letter);
  }

  @ParameterizedTest
  @CsvSource({
    "a1 a2 a3 b1, a1 b1 a2 a3",
    "a1 a2 b1 c1 b2, a1 b1 c1 a2 b2",
    "A1 A2 A3 B1, A1 B1 A2 A3",
    "a1 a2 a3 A1, A1 a1 a2 a3",
    "a1 b1 c1 A1 A2 A3, A1 a1 A2 b1 A3 c1",
    "A1 A2 A3 a1, A1 a1 A2 A3",
    "a1, a1",
  })
  void everyPartyHasATurnBeforeAnyHasAnother(String added, String taken) {
    for (String item : added.split(" ")) {
      assertThat(queue.add(party(item), item)).isTrue();
    }
    assertThat(String.join(" ", takeAll())).isEqualTo(taken);
    assertThat(queue.size()).isZero();
  }

  @Test
  void aPartyThatComesLateWaitsForOneTurnOfEach() {
    for (int source = 1; source <= 20; source++) {
      for (int i = 0; i < 5; i++) {
        queue.add(source("198.51.100." + source), "flood");
      }
    }
    queue.add(source("192.0.2.1"), "late");
    assertThat(takeAll().indexOf("late")).isEqualTo(20);
  }

  @Test
  void addressesOfOneIpv6NetworkAreOneParty() {
    queue.add(source("2001:db8::1"), "first");
    queue.add(source("2001:db8::2"), "second");
    queue.add(source("2001:db8:0:1::1"), "other");
    assertThat(takeAll()).containsExactly("first", "other", "second");
  }

  @Test
  void whatIsTakenOutHasNoTurn() {
    queue.add(party("a"), "a1");
    queue.add(party("a"), "a2");
    queue.add(party("b"), "b1");
    assertThat(queue.remove(party("a"), "a1")).isTrue();
    assertThat(queue.remove(party("b"), "b1")).isTrue();
    assertThat(queue.remove(party("b"), "b1")).isFalse();
    assertThat(takeAll()).containsExactly("a2");
  }

  @Test
  void onePartyCannotFillIt() {
    FairQueue<String> small = new FairQueue<>(5, 2);
    assertThat(small.add(party("a"), "a1")).isTrue();
    assertThat(small.add(party("a"), "a2")).isTrue();
    assertThat(small.add(party("a"), "a3")).isFalse();
    assertThat(small.add(party("b"), "b1")).isTrue();
    assertThat(small.next()).contains("a1");
    assertThat(small.add(party("a"), "a3")).isTrue();
  }

  @Test
  void isFullAtItsBound() {
    FairQueue<String> small = new FairQueue<>(2, 2);
    assertThat(small.add(party("a"), "a1")).isTrue();
    assertThat(small.add(party("B"), "B1")).isTrue();
    assertThat(small.add(party("c"), "c1")).isFalse();
    assertThat(small.size()).isEqualTo(2);
  }

  @Test
  void whateverHappensNothingIsLostAndNothingComesTwice() {
    Random random = new Random(1);
    List<String> inside = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      String item = (char) ((random.nextBoolean() ? 'a' : 'A') + random.nextInt(5)) + "" + step;
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          if (queue.add(party(item), item)) {
            inside.add(item);
          }
        }
        case 2 -> {
          Optional<String> next = queue.next();
          assertThat(next.isPresent()).isEqualTo(!inside.isEmpty());
          next.ifPresent(one -> assertThat(inside.remove(one)).isTrue());
        }
        default -> {
          if (!inside.isEmpty()) {
            String some = inside.remove(random.nextInt(inside.size()));
            assertThat(queue.remove(party(some), some)).isTrue();
          }
        }
      }
      assertThat(queue.size()).isEqualTo(inside.size());
    }
    assertThat(takeAll()).containsExactlyInAnyOrderElementsOf(inside);
  }

  @Test
  void usersCanBeTakenOutOfTurn() {
    for (String item : "a1 A1 B1 A2".split(" ")) {
      assertThat(queue.add(party(item), item)).isTrue();
    }
    assertThat(queue.isUnauthenticatedNext()).isFalse();
    assertThat(queue.next()).contains("A1");
    assertThat(queue.isUnauthenticatedNext()).isTrue();
    assertThat(queue.nextOfUsers()).contains("B1");
    assertThat(queue.nextOfUsers()).contains("A2");
    assertThat(queue.nextOfUsers()).isEmpty();
    assertThat(queue.isUnauthenticatedNext()).isTrue();
    assertThat(takeAll()).containsExactly("a1");
    assertThat(queue.isUnauthenticatedNext()).isFalse();
  }

  private List<String> takeAll() {
    List<String> taken = new ArrayList<>();
    for (Optional<String> next = queue.next(); next.isPresent(); next = queue.next()) {
      taken.add(next.get());
    }
    return taken;
  }
}
