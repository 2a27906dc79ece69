package dev.sallyport.recording.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What passed on real terminals, made by make-transcripts.py. */
final class TranscriptTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "cooked | one\\rtwx\\x7fo\\rthree\\r",
        "bash | echo hello\\recho fast\\recho lx\\x7fs\\recho /etc/host[1 byte without echo]\\rexit\\r",
        "read-s | read -s p\\r[7 bytes without echo]\\recho done\\rread -s p\\r[7 bytes without echo]\\rtrue\\r",
        "prompt-race | sleep 0.3; read -s -p 'Password: ' p; echo\\r[7 bytes without echo]\\recho done\\r",
        "ahead | [20 bytes without echo]\\r[7 bytes without echo]\\r[9 bytes without echo]\\r",
        "getpass | [7 bytes without echo]\\ralice\\r",
        "vim | [16 bytes without echo]\\r"
      })
  void recordsOfARealTerminal(String name, String expected) throws IOException {
    assertThat(play(steps(name))).isEqualTo(new String(unescape(expected), StandardCharsets.UTF_8));
  }

  /** The network may hold up what is shown while the user goes on. */
  @ParameterizedTest
  @ValueSource(strings = {"read-s", "prompt-race", "ahead", "getpass"})
  void noDelayOfTheOutputLetsAPasswordThrough(String name) throws IOException {
    List<Step> steps = steps(name);
    Fuzz.run(
        5000,
        (fuzz, round) -> {
          List<Step> delayed = new ArrayList<>();
          Deque<Step> held = new ArrayDeque<>();
          int delay = fuzz.below(20);
          for (Step step : steps) {
            for (int i = 0; i < step.text.length; i++) {
              Step piece = new Step(step.typed, new byte[] {step.text[i]});
              if (step.typed) {
                delayed.add(piece);
              } else {
                held.add(piece);
              }
              while (!held.isEmpty() && fuzz.below(20) >= delay) {
                delayed.add(held.remove());
              }
            }
          }
          delayed.addAll(held);
          assertThat(play(delayed)).doesNotContain("hun", "nter", "ter2", "r2");
        });
  }

  private static final class Step {
    final boolean typed;
    final byte[] text;

    Step(boolean typed, byte[] text) {
      this.typed = typed;
      this.text = text;
    }
  }

  private static String play(List<Step> steps) {
    StringBuilder record = new StringBuilder();
    InputGate gate = new InputGate(typed -> record.append(typed.text()));
    for (Step step : steps) {
      if (step.typed) {
        gate.typed(step.text, 0, step.text.length);
      } else {
        gate.shown(step.text, 0, step.text.length);
      }
    }
    gate.end();
    return record.toString();
  }

  private static List<Step> steps(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TranscriptTest.class.getResourceAsStream(name + ".transcript"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> new Step(line.charAt(0) == '<', unescape(line.substring(1))))
          .toList();
    }
  }

  private static byte[] unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.write(c);
        continue;
      }
      c = text.charAt(++i);
      switch (c) {
        case 'r' -> bytes.write('\r');
        case 'n' -> bytes.write('\n');
        case 't' -> bytes.write('\t');
        case 'x' -> {
          bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        default -> bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }
}
