package dev.sallyport.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nobody can use up the descriptors for the others, nor for those who are about to log in. */
class DescriptorsTest {
  private static final int LIMIT = 1000;

  private final Descriptors descriptors = new Descriptors(LIMIT);
  private final List<Descriptors.Lease> open = new ArrayList<>();

  private int takeAll(String user) {
    int count = 0;
    for (Optional<Descriptors.Lease> one = descriptors.take(user, 1);
        one.isPresent();
        one = descriptors.take(user, 1)) {
      open.add(one.get());
      count++;
    }
    return count;
  }

  @Test
  void howeverManyTakeAllTheyGetThereIsSomeLeftForTheNextAndForTheServer() {
    int before = LIMIT;
    for (int user = 0; user < 6; user++) {
      int count = takeAll("user" + user);
      assertThat(count).isPositive().isLessThanOrEqualTo(before);
      before = count;
    }
    assertThat(descriptors.used()).isLessThanOrEqualTo(LIMIT * 3 / 4);
    assertThat(descriptors.take("another", 1)).isPresent();
  }

  @Test
  void oneUserGetsAQuarter() {
    assertThat(takeAll("alice")).isEqualTo(LIMIT * 3 / 4 / 4);
    assertThat(descriptors.refusal("alice"))
        .isEqualTo(
            "what you have open holds 187 of the bastion's file descriptors, and your share is 187"
                + " at the moment: close some of it, or try again later");
  }

  @Test
  void whatIsGivenBackCanBeTakenAgainOnce() {
    int all = takeAll("alice");
    open.forEach(Descriptors.Lease::close);
    open.forEach(Descriptors.Lease::close);
    assertThat(descriptors.used()).isZero();
    assertThat(takeAll("alice")).isEqualTo(all);
  }

  @Test
  void ofSeveralAttemptsOneIsKept() {
    Descriptors.Lease attempts = descriptors.take("alice", 16).orElseThrow();
    attempts.keep(1);
    assertThat(descriptors.used()).isOne();
    attempts.close();
    assertThat(descriptors.used()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "'Max open files            65536                65536                files', 65536",
    "'Max open files            unlimited            unlimited            files', 2147483647",
    "'Max processes             4096                 4096                 processes', 1024"
  })
  void theLimitIsTheProcesss(String line, int limit) {
    assertThat(Descriptors.limit("Limit  Soft Limit  Hard Limit  Units\n" + line + " \n"))
        .isEqualTo(limit);
  }
}
