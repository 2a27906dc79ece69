package dev.sallyport.plugins.openssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyListTest {
  private static final int LINES = 5_000;

  private final AtomicInteger judged = new AtomicInteger();

  /** The lines of the authority, each for a user of its own, and alice's last. */
  private static KeyList fileForAll() {
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
        KeyOwner.FOR_ALL,
        lines.getBytes(StandardCharsets.UTF_8),
        KeyLineParser.withAuthorities(KeyOwner.FOR_ALL, ZoneOffset.UTC));
  }

  private CertificateRules.Judgement judge(CertificateRules.Judgement judgement) {
    judged.incrementAndGet();
    return judgement;
  }

  private static Certificate certificateOf(String principal) throws Exception {
    return ((Certificate.Whole) Certificate.read(Forged.withPrincipals(principal))).certificate();
  }

  @Test
  void aCertificateIsJudgedOnceHoweverManyLinesItsAuthorityHas() throws Exception {
    KeyList file = fileForAll();

    assertThat(
            file.verdict(
                certificateOf("alice"),
                new UserName("alice"),
                () -> judge(new CertificateRules.Valid(Restrictions.NONE))))
        .containsInstanceOf(Verdict.Accepted.class);
    assertThat(judged).hasValue(1);
  }

  @Test
  void soIsOneThatSpeaksForNobodyInTheFile() throws Exception {
    KeyList file = fileForAll();

    assertThat(
            file.verdict(
                certificateOf("carol"),
                new UserName("carol"),
                () -> judge(new CertificateRules.Valid(Restrictions.NONE))))
        .containsInstanceOf(Verdict.Refused.class);
    assertThat(judged).hasValue(1);
  }

  @Test
  void oneThatDoesNotCountIsRefusedAtTheFirstLine() throws Exception {
    assertThat(
            fileForAll()
                .verdict(
                    certificateOf("alice"),
                    new UserName("alice"),
                    () -> judge(new CertificateRules.Invalid("the certificate has expired"))))
        .contains(new Verdict.Refused("the certificate has expired (keys:1)"));
    assertThat(judged).hasValue(1);
  }
}
