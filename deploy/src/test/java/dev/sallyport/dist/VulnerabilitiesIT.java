package dev.sallyport.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code make vulnerabilities}, with files as NIST publishes them but made up: what it finds it
 * says and fails, and it does not pass because it had nothing to look into.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class VulnerabilitiesIT {
  /** The first year that the NVD has. */
  private static final int FIRST = 2002;

  @TempDir Path folder;

  /** A score of 2.6, which is low. */
  private static final String SCORED =
      """
      "cvssMetricV31": [ {
        "source": "nvd@nist.gov", "type": "Primary", "exploitabilityScore": 1.2, "impactScore": 1.4,
        "cvssData": {
          "version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N",
          "baseScore": 2.6, "baseSeverity": "LOW", "attackVector": "NETWORK",
          "attackComplexity": "HIGH", "privilegesRequired": "LOW", "userInteraction": "REQUIRED",
          "scope": "UNCHANGED", "confidentialityImpact": "LOW", "integrityImpact": "NONE",
          "availabilityImpact": "NONE" } } ]
      """;

  private static final String NOT_SCORED_YET = "";

  /** About Apache MINA SSHD before a version. */
  private static String about(String id, String status, String score, String before) {
    return """
    { "cve": {
      "id": "%s", "vulnStatus": "%s", "sourceIdentifier": "nobody@example.com",
      "published": "2026-01-01T00:00:00.000", "lastModified": "2026-01-01T00:00:00.000",
      "descriptions": [ { "lang": "en", "value": "Made up." } ],
      "references": [], "weaknesses": [], "metrics": { %s },
      "configurations": [ { "nodes": [ { "operator": "OR", "negate": false, "cpeMatch": [ {
        "vulnerable": true, "criteria": "cpe:2.3:a:apache:sshd:*:*:*:*:*:*:*:*",
        "versionEndExcluding": "%s", "matchCriteriaId": "11111111-1111-1111-1111-111111111111"
      } ] } ] } ]
    } }
    """
        .formatted(id, status, score, before);
  }

  private void feed(String name, String... entries) throws IOException {
    String json =
        """
        { "resultsPerPage": %1$d, "startIndex": 0, "totalResults": %1$d, "format": "NVD_CVE",
          "version": "2.0", "timestamp": "2026-01-01T00:00:00.000", "vulnerabilities": [ %2$s ] }
        """
            .formatted(entries.length, String.join(",", entries));
    Path file = folder.resolve("nvdcve-2.0-" + name + ".json.gz");
    try (Writer out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
      out.write(json);
    }
    Files.writeString(
        folder.resolve("nvdcve-2.0-" + name + ".meta"),
        "lastModifiedDate:2026-01-01T00:00:00-00:00\nsize:1\nzipSize:1\ngzSize:1\nsha256:00\n");
  }

  /** All years and what was modified, the last year with these entries. */
  private void feeds(String... entries) throws IOException {
    int last = Year.now(ZoneOffset.UTC).getValue();
    for (int year = FIRST; year < last; year++) {
      feed(Integer.toString(year));
    }
    feed(Integer.toString(last), entries);
    feed("modified");
  }

  private Distribution.Ended check() throws IOException, InterruptedException {
    return Distribution.run(
        List.of(
            Path.of("../mvnw").toAbsolutePath().toString(),
            "-q",
            "-f",
            Path.of("vulnerabilities/pom.xml").toAbsolutePath().toString(),
            "verify",
            "-Dnvd=" + folder,
            "-Dwork=" + folder.resolve("work"),
            "-Djars=" + Distribution.HOME.resolve("lib")));
  }

  /** Whatever its score; the last two are about an older version, and withdrawn. */
  @Test
  void aKnownVulnerabilityFailsAndIsNamed() throws Exception {
    feeds(
        about("CVE-2026-90001", "Analyzed", SCORED, "999.0"),
        about("CVE-2026-90004", "Analyzed", NOT_SCORED_YET, "999.0"),
        about("CVE-2026-90002", "Analyzed", SCORED, "0.1"),
        about("CVE-2026-90003", "Rejected", SCORED, "999.0"));
    Distribution.Ended ended = check();
    assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output())
        .containsPattern("sshd-core-[0-9.]+jar .*CVE-2026-90001")
        .containsPattern("sshd-core-[0-9.]+jar .*CVE-2026-90004")
        .doesNotContain("CVE-2026-90002", "CVE-2026-90003");
  }

  @Test
  void passesWhenNothingIsKnownOfTheVersionsThatAreShipped() throws Exception {
    feeds(about("CVE-2026-90002", "Analyzed", SCORED, "0.1"));
    Distribution.Ended ended = check();
    assertThat(ended.exit()).as(ended.output()).isZero();
  }

  @Test
  void failsWhenTheFilesHaveNoEntry() throws Exception {
    feeds();
    Distribution.Ended ended = check();
    assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output()).contains("No documents exist");
  }

  @Test
  void failsWhenAFileIsMissing() throws Exception {
    feeds(about("CVE-2026-90002", "Analyzed", SCORED, "0.1"));
    Files.delete(folder.resolve("nvdcve-2.0-2010.json.gz"));
    Distribution.Ended ended = check();
    assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output()).contains("nvdcve-2.0-2010.json.gz");
  }

  @Test
  void failsWhenAFileIsBroken() throws Exception {
    feeds(about("CVE-2026-90002", "Analyzed", SCORED, "0.1"));
    Files.writeString(folder.resolve("nvdcve-2.0-2010.json.gz"), "no gzip");
    Distribution.Ended ended = check();
    assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
  }
}
