package dev.sallyport.spi;

import static dev.sallyport.spi.Restrictions.Attestation.TOUCH;
import static dev.sallyport.spi.Restrictions.Attestation.VERIFICATION;
import static dev.sallyport.spi.Restrictions.Permission.FORWARDING;
import static dev.sallyport.spi.Restrictions.Permission.PTY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.Restrictions.Permission;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RestrictionsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final PermittedDestination DB =
      new PermittedDestination("10.0.3.15", OptionalInt.of(5432));

  @Test
  void theEarlierEndWinsInEitherOrder() {
    Instant later = NOON.plusSeconds(1);
    assertThat(Restrictions.NONE.withValidBefore(NOON).withValidBefore(later).validBefore())
        .contains(NOON);
    assertThat(Restrictions.NONE.withValidBefore(later).withValidBefore(NOON).validBefore())
        .contains(NOON);
  }

  @Test
  void eachChangeLeavesTheOthersAlone() {
    Restrictions all = everything();
    assertThat(all.permissions()).doesNotContain(FORWARDING).hasSize(2);
    assertThat(all.attestations()).containsExactly(VERIFICATION);
    assertThat(all.sources()).hasSize(1);
    assertThat(all.permitOpen()).containsExactly(Set.of(DB));
    assertThat(all.command()).contains("ssh ec2-user@10.0.2.15");
    assertThat(all.validBefore()).contains(NOON);
  }

  @Test
  void bothDemandWhatEitherDemands() {
    Restrictions one = Restrictions.NONE.without(PTY).without(TOUCH).withValidBefore(NOON);
    Restrictions both = one.and(everything()).orElseThrow();
    assertThat(both.permissions()).containsExactly(Permission.AGENT_FORWARDING);
    assertThat(both.attestations()).containsExactly(VERIFICATION);
    assertThat(both.validBefore()).contains(NOON);
    assertThat(both).isEqualTo(everything().and(one).orElseThrow());
    assertThat(one.and(Restrictions.NONE).orElseThrow().demands(TOUCH)).isTrue();
  }

  @Test
  void nothingIsLostByDemandingNothingMore() {
    Restrictions touched = everything().with(TOUCH);
    assertThat(touched.and(Restrictions.NONE)).contains(touched);
  }

  @Test
  void setsOfDestinationsAreKeptApartBecauseOneOfEachMustMatch() {
    Restrictions other = Restrictions.NONE.withPermitOpen(Set.of());
    assertThat(everything().and(other).orElseThrow().permitOpen())
        .isEqualTo(List.of(Set.of(DB), Set.of()));
  }

  @Test
  void twoOtherCommandsCannotBothBeForced() {
    assertThat(everything().and(Restrictions.NONE.withCommand("ssh bob@10.0.2.16"))).isEmpty();
    assertThat(everything().and(everything())).contains(everything());
  }

  private static Restrictions everything() {
    return Restrictions.NONE
        .without(FORWARDING)
        .without(TOUCH)
        .with(VERIFICATION)
        .withSource(SourcePatterns.parse("203.0.113.0/24"))
        .withPermitOpen(Set.of(DB))
        .withCommand("ssh ec2-user@10.0.2.15")
        .withValidBefore(NOON);
  }
}
