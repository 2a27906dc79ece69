package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChargeTest {
  private static List<AuditEvent> all() {
    return Samples.all("someone");
  }

  /** So no event that a user causes is free, and none is charged to somebody else. */
  @ParameterizedTest
  @MethodSource("all")
  void anEventOfAConnectionIsChargedToTheUserWhomItNamesAndNoOtherIs(AuditEvent event) {
    Optional<String> expected =
        switch (event) {
          // Of clients that have not authenticated: Strangers limits those.
          case AuditEvent.ConnectionOpened _, AuditEvent.AuthenticationFailed _ -> Optional.empty();
          case AuditEvent.OfConnection _, AuditEvent.MemoryRefused _ -> Optional.of("someone");
          default -> Optional.empty();
        };
    assertThat(Charge.of(event).map(Charge::user)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aLineCostsAnEventAndOneMoreForEach2KiB(AuditEvent event) {
    Charge.of(event)
        .ifPresent(charge -> {
          int least = charge.paid() ? 0 : 1;
          assertThat(charge.events(0)).isEqualTo(least);
          assertThat(charge.events(EventLimit.EVENT_BYTES - 1)).isEqualTo(least);
          assertThat(charge.events(EventLimit.EVENT_BYTES)).isEqualTo(least + 1);
          assertThat(charge.events(100 * EventLimit.EVENT_BYTES)).isEqualTo(least + 100);
        });
  }

  /** The events that a forward or session has paid for before it begins must have been normal. */
  @ParameterizedTest
  @MethodSource("all")
  void aLineOfUsualNamesIsOneEvent(AuditEvent event) {
    assertThat(new OcsfEncoder("1.0", "bastion.example.com").encode(event))
        .hasSizeLessThan(EventLimit.EVENT_BYTES);
  }
}
