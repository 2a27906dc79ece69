package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyListTest {
  private static final int LINES = 5_000;

  private final AtomicInteger judged = new AtomicInteger();

  /** The lines of the authority, each for a user of its own, and alice's last. */
  private static final CertificateRules.Judgement VALID =
      new CertificateRules.Valid(Restrictions.NONE);

  private static final CertificateRules.Judgement EXPIRED =
      new CertificateRules.Invalid("the certificate has expired");

  private static KeyList file(KeyOwner owner) {
    String lines =
        IntStream.range(0, LINES)
            .mapToObj(number -> "user" + number)
            .collect(Collectors.joining("\n", "", "\nalice\n"))
            .lines()
            .map(user ->
                "cert-authority,principals=\"%s\" %s"
                    .formatted(user, TestKeys.line(Forged.authority())))
            .collect(Collectors.joining("\n"));
    return KeyList.parse(
        "keys",
        owner,
        lines.getBytes(StandardCharsets.UTF_8),
        KeyLineParser.withAuthorities(owner, ZoneOffset.UTC));
  }

  private CertificateRules.Judgement judge(CertificateRules.Judgement judgement) {
    judged.incrementAndGet();
    return judgement;
  }

  private static Certificate certificateOf(String principal) throws Exception {
    return ((Certificate.Whole) Certificate.read(Forged.withPrincipals(principal))).certificate();
  }

  private Optional<Verdict> ask(
      KeyOwner owner, String principal, String user, CertificateRules.Judgement judgement)
      throws Exception {
    return file(owner)
        .verdict(certificateOf(principal), new UserName(user), () -> judge(judgement));
  }

  @Test
  void aCertificateIsJudgedOnceHoweverManyLinesItsAuthorityHas() throws Exception {
    assertThat(ask(KeyOwner.ONE_USER, "alice", "alice", VALID))
        .containsInstanceOf(Verdict.Accepted.class);
    assertThat(judged).hasValue(1);
  }

  @Test
  void soIsOneThatNamesNoneOfTheirPrincipals() throws Exception {
    assertThat(ask(KeyOwner.ONE_USER, "carol", "alice", VALID))
        .containsInstanceOf(Verdict.Refused.class);
    assertThat(judged).hasValue(1);
  }

  @Test
  void oneThatDoesNotCountIsRefusedAtTheFirstLine() throws Exception {
    assertThat(ask(KeyOwner.ONE_USER, "alice", "alice", EXPIRED))
        .contains(new Verdict.Refused("the certificate has expired (keys:1)"));
    assertThat(judged).hasValue(1);
  }

  @Test
  void inAFileForAllOnlyTheLinesForTheUserAreAsked() throws Exception {
    assertThat(ask(KeyOwner.FOR_ALL, "carol", "carol", VALID)).isEmpty();
    assertThat(judged).hasValue(0);
    assertThat(ask(KeyOwner.FOR_ALL, "alice", "alice", VALID))
        .containsInstanceOf(Verdict.Accepted.class);
    assertThat(ask(KeyOwner.FOR_ALL, "carol", "alice", VALID))
        .containsInstanceOf(Verdict.Refused.class);
    assertThat(ask(KeyOwner.FOR_ALL, "alice", "alice", EXPIRED))
        .contains(new Verdict.Refused("the certificate has expired (keys:" + (LINES + 1) + ")"));
  }
}
