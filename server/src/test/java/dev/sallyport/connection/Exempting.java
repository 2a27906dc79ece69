package dev.sallyport.connection;

import dev.sallyport.spi.Cidr;
import java.util.List;

/** Penalties as they are by default, but for some. */
final class Exempting {
  private Exempting() {}

  static PenaltySettings these(Cidr exempt) {
    PenaltySettings usual = PenaltySettings.DEFAULT;
    return new PenaltySettings(
        usual.enabled(),
        usual.authenticationFailed(),
        usual.noAuthentication(),
        usual.graceExceeded(),
        usual.flood(),
        usual.max(),
        usual.min(),
        usual.maxSources4(),
        usual.maxSources6(),
        usual.overflow(),
        List.of(exempt));
  }
}
