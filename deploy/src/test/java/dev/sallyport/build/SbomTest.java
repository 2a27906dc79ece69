package dev.sallyport.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The list of parts says what is shipped, and nothing else. */
class SbomTest {
  /** A library, one that it needs, and one that is not shipped. */
  private static final String BOM =
      """
      {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": "urn:uuid:6a1e1a4e-9b4e-4f0e-8a55-6d1d5b9b3f10",
        "metadata": { "component": { "name": "deploy", "version": "1.0", "bom-ref": "m", "type": "library" } },
        "components": [
          { "name": "http", "version": "2.1", "bom-ref": "h", "hashes": [ { "alg": "MD5", "content": "00" } ] },
          { "name": "json", "version": "3.0", "bom-ref": "j" },
          { "name": "annotations", "version": "1.0", "bom-ref": "a" }
        ],
        "dependencies": [
          { "ref": "m", "dependsOn": [ "h", "a" ] },
          { "ref": "h", "dependsOn": [ "j", "a" ] },
          { "ref": "a", "dependsOn": [] },
          { "ref": "j", "dependsOn": [] }
        ]
      }
      """;

  @TempDir Path folder;

  @BeforeEach
  void makeDistribution() throws IOException {
    Files.writeString(folder.resolve("bom.json"), BOM);
    Files.createDirectories(folder.resolve("dist/lib"));
    Files.createDirectories(folder.resolve("dist/runtime"));
    Files.writeString(folder.resolve("dist/lib/http-2.1.jar"), "abc");
    Files.writeString(folder.resolve("dist/lib/json-3.0.jar"), "");
    Files.createDirectories(folder.resolve("dist/runtime/lib"));
    Files.createFile(folder.resolve("dist/runtime/lib/jrt-fs.jar"));
    Files.writeString(
        folder.resolve("dist/runtime/release"),
        """
        IMPLEMENTOR="Example"
        JAVA_RUNTIME_VERSION="25.0.3+9-LTS"
        JAVA_VERSION="25.0.3"
        MODULES="java.base java.xml"
        """);
  }

  private String sbom() throws IOException {
    return Sbom.of(folder.resolve("bom.json"), folder.resolve("dist"));
  }

  private JsonNode json() throws IOException {
    return new JsonMapper().readTree(sbom());
  }

  @Test
  void hasTheShippedJarsWithPlaceAndHashAndTheRuntime() throws IOException {
    JsonNode components = json().path("components");
    assertThat(components)
        .map(component -> component.path("name").asString())
        .containsExactly("http", "json", "openjdk");
    JsonNode http = components.path(0);
    assertThat(http.at("/evidence/occurrences/0/location").asString())
        .isEqualTo("lib/http-2.1.jar");
    // FIPS 180-2, appendix B.1: of "abc".
    assertThat(http.path("hashes").toString())
        .isEqualTo(
            "[{\"alg\":\"SHA-256\",\"content\":"
                + "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]");
    JsonNode runtime = components.path(2);
    assertThat(runtime.path("version").asString()).isEqualTo("25.0.3");
    assertThat(runtime.path("publisher").asString()).isEqualTo("Example");
    assertThat(runtime.at("/properties/0/value").asString()).isEqualTo("java.base java.xml");
  }

  @Test
  void theDependenciesLeadToShippedPartsOnly() throws IOException {
    assertThat(json().path("dependencies").toString())
        .isEqualTo(
            "[{\"ref\":\"sallyport\",\"dependsOn\":[\"h\",\"runtime\"]},"
                + "{\"ref\":\"h\",\"dependsOn\":[\"j\"]},"
                + "{\"ref\":\"j\",\"dependsOn\":[]},"
                + "{\"ref\":\"runtime\",\"dependsOn\":[]}]");
  }

  @Test
  void isOfSallyportAndTheSameHoweverOftenItIsMade() throws IOException {
    assertThat(json().at("/metadata/component/name").asString()).isEqualTo("sallyport");
    assertThat(json().has("serialNumber")).isFalse();
    assertThat(sbom()).isEqualTo(sbom());
  }

  @Test
  void aJarThatIsNoDependencyIsAnError() throws IOException {
    Path stray = Files.createFile(folder.resolve("dist/lib/http-2.0.jar"));
    assertThatThrownBy(this::sbom)
        .isInstanceOf(IOException.class)
        .hasMessage(stray + ": is no dependency, so nobody knows where it is from");
  }

  @Test
  void aRuntimeThatDoesNotSayWhatItIsIsAnError() throws IOException {
    Files.writeString(folder.resolve("dist/runtime/release"), "JAVA_VERSION=\"25.0.3\"\n");
    assertThatThrownBy(this::sbom)
        .isInstanceOf(IOException.class)
        .hasMessage("the runtime's file \"release\" does not say IMPLEMENTOR");
  }
}
