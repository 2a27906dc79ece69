package dev.sallyport.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PluginSettingsTest {
  @Test
  void givesWhatTheOperatorWrote() throws Exception {
    PluginSettings settings =
        new PluginSettings(Map.of("files", List.of("/a", "/b"), "user", "alice", "note", "x"));
    assertThat(settings.requiredStrings("files")).containsExactly("/a", "/b");
    assertThat(settings.requiredString("user")).isEqualTo("alice");
    assertThat(settings.string("note")).contains("x");
    assertThat(settings.string("absent")).isEmpty();
    assertThatCode(settings::check).doesNotThrowAnyException();
  }

  @Test
  void collectsEveryFaultBeforeItThrows() {
    PluginSettings settings =
        new PluginSettings(Map.of("files", List.of(), "user", 7, "note", List.of("x")));
    settings.requiredStrings("files");
    settings.requiredStrings("more");
    settings.requiredString("user");
    settings.requiredString("host");
    settings.string("note");
    settings.fault("files", "is odd");
    assertThatThrownBy(settings::check)
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.faults())
                    .extracting(PluginSettings.Fault::key)
                    .containsExactly("files", "more", "user", "host", "note", "files"));
  }

  @Test
  void takesAWholeNumberWithinItsBounds() {
    PluginSettings settings =
        new PluginSettings(
            Map.of("three", 3, "many", 11, "few", -1, "half", 0.5, "text", "3", "long", 1L << 40));
    assertThat(settings.number("three", 0, 10, 1)).isEqualTo(3);
    assertThat(settings.number("absent", 0, 10, 1)).isEqualTo(1);
    assertThat(settings.faults()).isEmpty();
    for (String wrong : List.of("many", "few", "half", "text", "long")) {
      assertThat(settings.number(wrong, 0, 10, 1)).isEqualTo(1);
    }
    assertThat(settings.faults())
        .hasSize(5)
        .contains(new PluginSettings.Fault("many", "must be a whole number from 0 to 10"));
  }

  @Test
  void refusesAListWithAnythingButStrings() {
    for (Object wrong : List.of("/a", List.of("/a", 1), Arrays.asList("/a", null), Map.of())) {
      PluginSettings settings = new PluginSettings(Map.of("files", wrong));
      assertThat(settings.requiredStrings("files")).isEmpty();
      assertThat(settings.faults()).hasSize(1);
    }
  }

  @Test
  void readsTimesWithinTheirRangeAndRefusesAllElse() {
    Duration least = Duration.ofMillis(100);
    Duration most = Duration.ofHours(2);
    Map<String, Duration> right =
        Map.of(
            "100 ms",
            least,
            "3s",
            Duration.ofSeconds(3),
            " 5 m ",
            Duration.ofMinutes(5),
            "2 h",
            most);
    right.forEach((text, time) -> {
      PluginSettings settings = new PluginSettings(Map.of("fresh", text));
      assertThat(settings.duration("fresh", least, most, Duration.ZERO)).isEqualTo(time);
      assertThat(settings.faults()).isEmpty();
      assertThat(settings.known()).containsExactly("fresh");
    });
    for (Object wrong : List.of("", "5", "99 ms", "7201 s", "-1 s", "1 y", 5, "9999999999 s")) {
      PluginSettings settings = new PluginSettings(Map.of("fresh", wrong));
      settings.duration("fresh", least, most, Duration.ZERO);
      assertThat(settings.faults())
          .as(wrong.toString())
          .containsExactly(
              new PluginSettings.Fault("fresh", "must be a time from \"100 ms\" to \"2 h\""));
    }
    PluginSettings none = new PluginSettings(Map.of());
    assertThat(none.duration("fresh", least, most, Duration.ofSeconds(7))).hasSeconds(7);
  }

  @Test
  void refusesAnEmptyRequiredString() {
    PluginSettings settings = new PluginSettings(Map.of("user", ""));
    assertThat(settings.requiredString("user")).isEmpty();
    assertThat(settings.faults()).hasSize(1);
  }

  @Test
  void takesANullForAKeyThatIsLeftOut() {
    Map<String, Object> values = new HashMap<>();
    values.put("user", null);
    PluginSettings settings = new PluginSettings(values);
    assertThat(settings.string("user")).isEmpty();
    assertThat(settings.faults()).isEmpty();
    assertThat(settings.present()).containsExactly("user");
  }

  @Test
  void tellsTheKeysItWasAskedForFromThoseThatAreThere() {
    PluginSettings settings = new PluginSettings(Map.of("user", "alice", "usr", "bob"));
    settings.requiredString("user");
    settings.string("note");
    assertThat(settings.known()).containsExactlyInAnyOrder("user", "note");
    assertThat(settings.present()).containsExactlyInAnyOrder("user", "usr");
  }

  @Test
  void faultsOfInnerBlocksAreItsOwn() {
    PluginSettings settings =
        new PluginSettings(
            Map.of("list", List.of(Map.of("file", "/a"), Map.of("fiel", "/b")), "map", Map.of()));
    List<PluginSettings> blocks = settings.requiredBlocks("list");
    blocks.forEach(block -> block.requiredString("file"));
    assertThat(settings.block("map")).isPresent();
    assertThat(settings.block("absent")).isEmpty();
    assertThat(settings.faults())
        .containsExactly(
            new PluginSettings.Fault("list", "number 2: \"file\" is missing"),
            new PluginSettings.Fault(
                "list", "number 2: \"fiel\" is an unknown key (did you mean file?)"));
    assertThatThrownBy(settings::check).isInstanceOf(InvalidSettingsException.class);
  }

  @Test
  void refusesBlocksThatAreNone() {
    for (Object wrong : List.of("x", List.of(), List.of("x"), Map.of(1, 2))) {
      PluginSettings settings = new PluginSettings(Map.of("list", wrong, "map", wrong));
      assertThat(settings.requiredBlocks("list")).isEmpty();
      assertThat(settings.block("map")).isEmpty();
      assertThat(settings.faults()).hasSize(2);
    }
    PluginSettings without = new PluginSettings(Map.of());
    assertThat(without.requiredBlocks("list")).isEmpty();
    assertThat(without.faults()).hasSize(1);
    assertThat(without.strings("list")).isEmpty();
    assertThat(new PluginSettings(Map.of("list", List.of())).strings("list")).contains(List.of());
  }

  @Test
  void doesNotChangeWithTheMapItWasMadeFrom() {
    Map<String, Object> values = new HashMap<>(Map.of("user", "alice"));
    PluginSettings settings = new PluginSettings(values);
    values.put("user", "mallory");
    assertThat(settings.string("user")).contains("alice");
  }

  @Test
  void aListOrAnAnswerMayBeLeftOut() {
    Map<String, Object> written =
        Map.of("none", List.of(), "some", List.of("a"), "on", true, "off", "false");
    PluginSettings settings = new PluginSettings(written);
    assertThat(settings.strings("none")).contains(List.of());
    assertThat(settings.strings("some")).contains(List.of("a"));
    assertThat(settings.strings("absent")).isEmpty();
    assertThat(settings.bool("on", false)).isTrue();
    assertThat(settings.bool("off", true)).isFalse();
    assertThat(settings.bool("absent", true)).isTrue();
    assertThat(settings.faults()).isEmpty();
    assertThat(settings.known()).contains("none", "some", "absent", "on", "off");
  }

  @Test
  void refusesWhatIsNoListOfStringsAndNoAnswer() {
    PluginSettings settings =
        new PluginSettings(Map.of("list", List.of(1), "text", "a", "answer", "yes", "number", 1));
    assertThat(settings.strings("list")).isEmpty();
    assertThat(settings.strings("text")).isEmpty();
    assertThat(settings.bool("answer", true)).isTrue();
    assertThat(settings.bool("number", false)).isFalse();
    assertThat(settings.faults())
        .extracting(PluginSettings.Fault::key)
        .containsExactly("list", "text", "answer", "number");
  }
}
