package dev.sallyport.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code sbom.json}: what people install is what it says. */
class SbomIT {
  private static JsonNode sbom() throws IOException {
    return new JsonMapper().readTree(Files.readString(Distribution.HOME.resolve("sbom.json")));
  }

  @Test
  void everyJarThatIsShippedIsInItWithItsHashAndNothingElseIs() throws Exception {
    Map<String, String> shipped = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Distribution.HOME)) {
      for (Path jar :
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .filter(file -> !file.startsWith(Distribution.HOME.resolve("runtime")))
              .toList()) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        shipped.put(Distribution.HOME.relativize(jar).toString(), HexFormat.of().formatHex(hash));
      }
    }
    Map<String, String> listed = new TreeMap<>();
    for (JsonNode component : sbom().path("components")) {
      String place = component.at("/evidence/occurrences/0/location").asString();
      if (!place.equals("runtime")) {
        assertThat(component.at("/hashes/0/alg").asString()).isEqualTo("SHA-256");
        listed.put(place, component.at("/hashes/0/content").asString());
      }
    }
    assertThat(listed).isEqualTo(shipped).hasSizeGreaterThan(20);
  }

  /** Scanners know a part by its package URL, and Java by its CPE. */
  @Test
  void everyPartHasTheNameThatScannersKnowItBy() throws IOException {
    for (JsonNode component : sbom().path("components")) {
      assertThat(component.path("purl").asString())
          .contains(component.path("name").asString() + "@" + component.path("version").asString());
    }
  }

  @Test
  void theRuntimeThatIsShippedIsInIt() throws IOException {
    String release = Files.readString(Distribution.HOME.resolve("runtime/release"));
    assertThat(sbom().path("components"))
        .filteredOn(component -> component.path("bom-ref").asString().equals("runtime"))
        .singleElement()
        .satisfies(runtime -> {
          assertThat(release)
              .contains("JAVA_VERSION=\"" + runtime.path("version").asString() + "\"")
              .contains("MODULES=\"" + runtime.at("/properties/0/value").asString() + "\"");
          assertThat(runtime.path("cpe").asString())
              .contains(":openjdk:" + runtime.path("version").asString());
        });
  }

  @Test
  void allThatItRefersToIsInIt() throws IOException {
    Set<String> parts = new TreeSet<>(Set.of("sallyport"));
    sbom().path("components").forEach(component -> parts.add(component.path("bom-ref").asString()));
    Set<String> referredTo = new TreeSet<>();
    for (JsonNode dependency : sbom().path("dependencies")) {
      referredTo.add(dependency.path("ref").asString());
      dependency.path("dependsOn").forEach(one -> referredTo.add(one.asString()));
    }
    assertThat(referredTo).isEqualTo(parts);
  }

  /** Two builds of the same commit are the same. */
  @Test
  void nothingInItDependsOnWhenItWasMade() throws IOException {
    assertThat(sbom().has("serialNumber")).isFalse();
    assertThat(sbom().path("metadata").has("timestamp")).isFalse();
  }
}
