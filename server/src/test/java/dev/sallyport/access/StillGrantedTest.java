package dev.sallyport.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.Terms.Inner;
import dev.sallyport.model.Terms.Input;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StillGrantedTest {
  private static final Target TARGET = new Target("web", 22);
  private static final Terms.Session HELD = session("web", Input.ECHOED, Set.of("root"));

  private static Terms.Session session(
      String credential, Input input, Set<String> logins, Inner... inner) {
    return new Terms.Session(logins, credential, Set.of(inner), input);
  }

  private static Decision granted(Terms terms) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.ofLiteral("10.0.2.15"), (int) TARGET.port());
    return new Decision.Granted(
        new Grant(TARGET, List.of(new Grant.Candidate(address, "other")), terms));
  }

  private static Optional<String> whyNot(Terms now, Terms held) {
    return StillGranted.whyNot(granted(now), TARGET, held, Optional.of("root"));
  }

  @Test
  void whatIsGrantedOnTheSameTermsGoesOnByWhateverRule() {
    assertThat(whyNot(Terms.METADATA, Terms.METADATA)).isEmpty();
    assertThat(whyNot(HELD, HELD)).isEmpty();
  }

  @Test
  void whatIsDeniedEndsInTheWordsOfTheDenial() {
    Decision denied = new Decision.Denied(new Denial(Denial.Reason.NO_RULE, "is in no rule"));

    assertThat(StillGranted.whyNot(denied, TARGET, Terms.METADATA, Optional.empty()))
        .contains("is in no rule");
  }

  @Test
  void whatTheBastionCannotLookUpNowGoesOn() {
    Decision denied = new Decision.Denied(new Denial(Denial.Reason.LIMIT, "cannot be checked"));

    assertThat(StillGranted.whyNot(denied, TARGET, Terms.METADATA, Optional.empty())).isEmpty();
  }

  @Test
  void otherTermsEndIt() {
    assertThat(whyNot(HELD, Terms.METADATA))
        .contains("web:22 is on other terms now, by rule other");
    assertThat(whyNot(Terms.METADATA, HELD)).isPresent();
    assertThat(whyNot(session("db", Input.ECHOED, Set.of("root")), HELD)).isPresent();
    assertThat(whyNot(session("web", Input.ALL, Set.of("root")), HELD)).isPresent();
    assertThat(whyNot(session("web", Input.ECHOED, Set.of("ec2-user")), HELD)).isPresent();
    assertThat(whyNot(HELD, session("web", Input.ECHOED, Set.of("root"), Inner.FORWARD)))
        .isPresent();
  }

  @Test
  void termsThatGiveMoreEndNothing() {
    assertThat(whyNot(session("web", Input.ECHOED, Set.of("root", "other"), Inner.AGENT), HELD))
        .isEmpty();
    assertThat(whyNot(session("web", Input.ECHOED, Set.of("*")), HELD)).isEmpty();
  }
}
