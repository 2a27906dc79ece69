package dev.sallyport;

import dev.sallyport.model.IpText;
import java.net.InetAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Random inputs, other ones at every run. A failure names its seed; {@code -Dsallyport.seed=N} runs
 * it again.
 */
public final class Fuzz {
  private static final String ALPHABET =
      "0123456789abcdefxABCDEFX.:-_/%[]{}(),;=+\"'\\\n\r\t\u0000 #$?&*<>~\u00fc\uff11\u2460\u202e";

  private final RandomGenerator random;

  private Fuzz(RandomGenerator random) {
    this.random = random;
  }

  /** One try. */
  @FunctionalInterface
  public interface Property {
    void check(Fuzz fuzz, int round) throws Exception;
  }

  /** Checks {@code property} so many times. */
  public static void run(int rounds, Property property) {
    long seed = Long.getLong("sallyport.seed", System.nanoTime());
    Fuzz fuzz = new Fuzz(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    for (int round = 0; round < rounds; round++) {
      try {
        property.check(fuzz, round);
      } catch (Exception | AssertionError failure) {
        throw new AssertionError(
            "round " + round + " of -Dsallyport.seed=" + seed + ": " + failure.getMessage(),
            failure);
      }
    }
  }

  /** A number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** One of these. */
  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** A text of {@code corpus} with a few characters changed, doubled, dropped or put in. */
  public String mutate(List<String> corpus) {
    StringBuilder text = new StringBuilder(pick(corpus));
    int changes = below(4);
    for (int i = 0; i < changes; i++) {
      int at = below(text.length() + 1);
      char c = ALPHABET.charAt(below(ALPHABET.length()));
      switch (below(5)) {
        case 0 -> text.insert(at, c);
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + below(3)));
        case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + below(9))));
        case 3 -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf(c));
        default -> text.insert(at, pick(corpus));
      }
    }
    return text.toString();
  }

  /** An address of either family; runs of zeros are frequent. */
  public InetAddress address() {
    byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
    int zeros = below(4);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = below(4) < zeros ? 0 : (byte) random.nextInt();
    }
    return IpText.address(bytes);
  }
}
