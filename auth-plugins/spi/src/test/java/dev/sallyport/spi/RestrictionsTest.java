package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RestrictionsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

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
    Restrictions all =
        Restrictions.NONE
            .withForwarding(false)
            .withValidBefore(NOON)
            .withTouchRequired(false)
            .withVerifyRequired(true);
    assertThat(all.forwarding()).isFalse();
    assertThat(all.validBefore()).contains(NOON);
    assertThat(all.touchRequired()).isFalse();
    assertThat(all.verifyRequired()).isTrue();
  }
}
