package dev.sallyport.support.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.spi.Restrictions;
import dev.sallyport.spi.Restrictions.Attestation;
import dev.sallyport.spi.Restrictions.Permission;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every line, tried on many. The seeds are fixed, so a failure comes again. */
class KeyLinePropertyTest {
  private static final OfferedKey KEY = TestKeys.ed25519(1);
  private static final int ROUNDS = 100_000;
  private static final List<String> SPECIAL =
      List.of(
          "\"",
          "\\\"",
          "\\",
          ",",
          "=",
          " ",
          "\t",
          "#",
          "\r",
          "\0",
          "restrict",
          "from=\"x\"",
          "ssh-rsa",
          "ssh-ed25519",
          "AAAA",
          "====",
          "\ud800",
          "\ufeff",
          "no-",
          "principals=\"a\"");

  private static KeyLine parse(KeyOwner kind, String line) {
    return new KeyLineParser(kind, ZoneOffset.UTC).parse(line);
  }

  /** One byte more, less or other can break a restriction, but must never lift it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=\"10.0.0.1\"",
        "command=\"a b\"",
        "permitopen=\"h:1\"",
        "restrict,from=\"h\"",
        "cert-authority"
      })
  void noSingleChangeLiftsARestriction(String options) {
    String rest = " " + TestKeys.line(KEY);
    for (int at = 0; at <= options.length(); at++) {
      for (char c = 0; c < 256; c++) {
        assertStillRestricted(options.substring(0, at) + c + options.substring(at) + rest);
        if (at < options.length()) {
          assertStillRestricted(options.substring(0, at) + c + options.substring(at + 1) + rest);
        }
      }
      if (at < options.length()) {
        assertStillRestricted(options.substring(0, at) + options.substring(at + 1) + rest);
      }
    }
  }

  private static void assertStillRestricted(String line) {
    if (parse(KeyOwner.ONE_USER, line) instanceof KeyLine.UsableKey usable) {
      Restrictions kept = usable.restrictions();
      assertThat(kept.sources().size() + kept.permitOpen().size() + kept.command().stream().count())
          .as(line)
          .isPositive();
    }
  }

  /** Whatever a line says, the parser answers, and a key that comes out stood on the line. */
  @ParameterizedTest
  @EnumSource(KeyOwner.class)
  void everyMutatedLineIsReadWithoutHarm(KeyOwner kind) {
    Random random = new Random(20260101);
    List<String> seeds =
        List.of(
            TestKeys.line(KEY) + " alice",
            "restrict,port-forwarding " + TestKeys.line(TestKeys.skEd25519(3)),
            "principals=\"alice,bob\",expiry-time=\"20300101Z\" " + TestKeys.line(KEY),
            "command=\"a \\\" b\",no-pty " + TestKeys.line(TestKeys.rsa(2048)) + " x",
            "# comment");
    int usable = 0;
    int other = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String line = mutate(seeds.get(random.nextInt(seeds.size())), random);
      switch (parse(kind, line)) {
        case KeyLine.UsableKey key -> {
          usable++;
          // The last character carries bits that no byte has, so several spell the same key.
          String base64 = TestKeys.base64(key.key()).replace("=", "");
          assertThat(line).contains(base64.substring(0, base64.length() - 1));
          assertThat(key.users().isPresent()).isEqualTo(kind == KeyOwner.FOR_ALL);
        }
        case KeyLine.RefusedKey refused -> {
          other++;
          assertThat(refused.reason()).isNotBlank();
        }
        case KeyLine.Wrong wrong -> {
          other++;
          assertThat(wrong.what()).isNotBlank().hasSizeLessThan(250);
        }
        case KeyLine.Authority _ -> throw new AssertionError("nobody asks about certificates");
        case KeyLine.Blank _ -> other++;
      }
    }
    assertThat(usable).as("mutated lines that still let someone in").isGreaterThan(ROUNDS / 100);
    assertThat(other).as("mutated lines that do not").isGreaterThan(ROUNDS / 4);
  }

  private static String mutate(String seed, Random random) {
    StringBuilder line = new StringBuilder(seed);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(line.length() + 1);
      int to = Math.min(line.length(), at + random.nextInt(6));
      switch (random.nextInt(5)) {
        case 0 -> line.delete(at, to);
        case 1 -> line.insert(at, SPECIAL.get(random.nextInt(SPECIAL.size())));
        case 2 -> line.insert(at, (char) random.nextInt(0x300));
        case 3 -> line.replace(at, to, line.substring(at, to).toUpperCase(Locale.ROOT));
        default -> line.append(' ').append((char) random.nextInt(0x300));
      }
    }
    return line.toString();
  }

  @Test
  void everyFileOfRandomBytesIsReadWithoutHarm() {
    Random random = new Random(7);
    KeyLineParser parser = new KeyLineParser(KeyOwner.ONE_USER, ZoneOffset.UTC);
    byte[] good = (TestKeys.line(KEY) + "\n").getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 2_000; round++) {
      byte[] noise = new byte[random.nextInt(3_000)];
      random.nextBytes(noise);
      byte[] content = Arrays.copyOf(good, good.length + noise.length);
      System.arraycopy(noise, 0, content, good.length, noise.length);
      KeyList file = KeyList.parse("/k", KeyOwner.ONE_USER, content, parser);
      assertThat(file.verdict(KEY, new UserName("alice"))).isPresent();
      assertThat(file.faults()).hasSizeLessThanOrEqualTo(KeyList.MOST_FAULTS + 1);
    }
  }

  /** Lists of options, read once by the parser and once by the few lines of this model. */
  @Test
  void optionsMeanWhatTheModelSays() {
    Random random = new Random(3);
    List<String> names =
        List.of(
            "restrict",
            "port-forwarding",
            "no-port-forwarding",
            "pty",
            "no-pty",
            "no-user-rc",
            "no-touch-required",
            "environment=\"1.2.3.4, x\"",
            "environment=\"PAGER=less -R, \\\"x\\\"\"",
            "tunnel=\"a,\\\"b\\\" restrict\"");
    for (int round = 0; round < 20_000; round++) {
      List<String> chosen = new ArrayList<>();
      Restrictions model = Restrictions.NONE;
      List<String> ignored = List.of();
      boolean refused = false;
      for (int i = random.nextInt(5); i >= 0; i--) {
        String option = names.get(random.nextInt(names.size()));
        chosen.add(random.nextBoolean() ? option : option.toUpperCase(Locale.ROOT));
        boolean harmless = option.contains("PAGER=");
        refused |= option.contains("=") && !harmless;
        if (harmless) {
          ignored = List.of("environment");
        }
        model =
            switch (option) {
              case "restrict" -> model.withoutPermissions();
              case "no-port-forwarding" -> model.without(Permission.FORWARDING);
              case "port-forwarding" -> model.with(Permission.FORWARDING);
              case "no-pty" -> model.without(Permission.PTY);
              case "pty" -> model.with(Permission.PTY);
              case "no-touch-required" -> model.without(Attestation.TOUCH);
              default -> model;
            };
      }
      String line = String.join(",", chosen) + " " + TestKeys.line(KEY) + " c";
      KeyLine parsed = parse(KeyOwner.ONE_USER, line);
      if (refused) {
        assertThat(parsed).as(line).isInstanceOf(KeyLine.RefusedKey.class);
      } else {
        assertThat(parsed)
            .as(line)
            .isEqualTo(new KeyLine.UsableKey(KEY, "c", model, Optional.empty(), ignored));
      }
    }
  }
}
