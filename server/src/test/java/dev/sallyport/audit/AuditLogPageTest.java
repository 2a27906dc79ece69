package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/audit-log.md has an example of every kind of event, exactly as it is written and shown. */
final class AuditLogPageTest {
  private static final Path PAGE = Path.of("../docs/audit-log.md");

  /** A heading with the event's code, a text, and a block with the readable line and the JSON. */
  private static final Pattern EXAMPLE =
      Pattern.compile("(?m)^### `([a-z-]+)`\\n(?s:(.+?))\\n```\\n(?s:(.*?))```\\n");

  /** The number of a line, which is random. */
  private static final Pattern LAST_UID =
      Pattern.compile("(\"event_code\":\"[a-z-]+\",\"uid\":\")[0-9a-f-]{36}\"");

  private static Map<String, String> examples() {
    OcsfEncoder encoder = new OcsfEncoder("0.2.0", "bastion");
    ReadableLine readable = new ReadableLine(ZoneOffset.UTC);
    Map<String, String> blocks = new TreeMap<>();
    int sequence = 4711;
    for (AuditEvent event : ExampleEvents.all()) {
      byte[] line = OcsfEncoder.line(encoder.encode(event), sequence++);
      String json = new String(line, StandardCharsets.UTF_8).strip();
      String fixed =
          LAST_UID.matcher(json).replaceFirst("$10a1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d\"");
      blocks.put(Kind.of(event).code(), readable.of(json) + "\n\n" + fixed + "\n");
    }
    return blocks;
  }

  @Test
  void everyKindOfEventHasAnExample() {
    assertThat(examples().keySet())
        .isEqualTo(
            new java.util.TreeSet<>(
                Samples.all("X").stream().map(event -> Kind.of(event).code()).toList()));
  }

  @Test
  void thePageHasEveryExampleAndAWordAboutIt() throws IOException {
    String page = Files.readString(PAGE);
    Map<String, String> examples = examples();
    Path corrected = Path.of("target/audit-log.md");
    Files.writeString(corrected, corrected(page, examples));
    List<String> described = new ArrayList<>();
    for (MatchResult match : EXAMPLE.matcher(page).results().toList()) {
      described.add(match.group(1));
      assertThat(match.group(2)).as(match.group(1)).isNotBlank();
      assertThat(match.group(3))
          .as("%s; the page with the right examples is %s", match.group(1), corrected)
          .isEqualTo(examples.get(match.group(1)));
    }
    assertThat(described).containsExactlyInAnyOrderElementsOf(examples.keySet());
  }

  private static String corrected(String page, Map<String, String> examples) {
    return EXAMPLE
        .matcher(page)
        .replaceAll(match ->
            Matcher.quoteReplacement(
                "### `%s`\n%s\n```\n%s```\n"
                    .formatted(
                        match.group(1),
                        match.group(2),
                        examples.getOrDefault(match.group(1), "no such event\n"))));
  }
}
