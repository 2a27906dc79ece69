package dev.sallyport.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the distribution's NOTICE file: who made each third-party jar, under which licence, and
 * the attribution notices that those jars carry, which the Apache licence requires to be passed on
 * (section 4(d)). It is made from the bill of materials, so it names exactly what is shipped.
 */
final class Notice {
  private static final String HEADER =
      """
      Sallyport

      This product is licensed under the Apache License, version 2.0 (see LICENSE).

      The audit log's schemas in .ci/ocsf are derived from the Open Cybersecurity Schema Framework
      (https://schema.ocsf.io), which is licensed under the Apache License, version 2.0.

      The distribution carries the following third-party software.

      """;

  private static final String RUNTIME =
      """
      The Java runtime in runtime/ is OpenJDK, under the GNU General Public License, version 2, with
      the Classpath Exception. The notices of its parts are in runtime/legal.
      """;

  private Notice() {}

  /** Takes the folder of the distribution, and writes NOTICE in it. */
  public static void main(String[] arguments) throws IOException {
    Path distribution = Path.of(arguments[0]);
    Files.writeString(distribution.resolve("NOTICE"), of(distribution));
  }

  /** The text, in the order of the bill of materials. */
  static String of(Path distribution) throws IOException {
    JsonNode sbom = new JsonMapper().readTree(Files.readString(distribution.resolve("sbom.json")));
    StringBuilder parts = new StringBuilder();
    StringBuilder notices = new StringBuilder();
    for (JsonNode component : sbom.path("components")) {
      if (!isThirdPartyJar(component)) {
        continue;
      }
      String name = component.path("group").asString() + ":" + component.path("name").asString();
      parts.append(name).append(' ').append(component.path("version").asString());
      parts.append("\n    ").append(licences(name, component)).append('\n');
      Path jar = distribution.resolve(component.at("/evidence/occurrences/0/location").asString());
      Optional<String> notice = noticeIn(jar);
      if (notice.isPresent()) {
        notices.append("\n---- ").append(name).append("\n\n").append(notice.get()).append('\n');
      }
    }
    String text = HEADER + parts + "\n" + RUNTIME;
    return notices.isEmpty() ? text : text + "\nThese parts carry notices:\n" + notices;
  }

  private static boolean isThirdPartyJar(JsonNode component) {
    return component.path("type").asString().equals("library")
        && !component.path("group").asString().equals("dev.sallyport");
  }

  private static String licences(String name, JsonNode component) throws IOException {
    List<String> licences = new ArrayList<>();
    for (JsonNode choice : component.path("licenses")) {
      JsonNode licence = choice.path("license");
      String url = licence.path("url").asString("");
      licences.add(
          licence.path("id").asString(licence.path("name").asString(""))
              + (url.isEmpty() ? "" : " <" + url + ">"));
    }
    if (licences.isEmpty()) {
      throw new IOException(name + ": the bill of materials names no licence of it");
    }
    return String.join(", or\n    ", licences);
  }

  private static Optional<String> noticeIn(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (String name : List.of("META-INF/NOTICE", "META-INF/NOTICE.txt", "META-INF/NOTICE.md")) {
        JarEntry entry = file.getJarEntry(name);
        if (entry != null) {
          try (InputStream in = file.getInputStream(entry)) {
            return Optional.of(tidy(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Without spaces at the ends of lines, and without empty lines around the text. */
  private static String tidy(String text) {
    return String.join("\n", text.strip().lines().map(String::stripTrailing).toList());
  }
}
