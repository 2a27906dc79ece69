package dev.sallyport.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the list of what the distribution is made of, in CycloneDX's format, out of the one that
 * CycloneDX's Maven plugin writes of the whole module: exactly the jars that are shipped, each with
 * its place and the SHA-256 of the file, and the Java runtime. Nothing in it depends on when it is
 * made.
 */
final class Sbom {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** The name by which the list itself refers to the distribution and the runtime. */
  private static final String SALLYPORT = "sallyport";

  private static final String RUNTIME = "runtime";

  private final Path distribution;
  private final ObjectNode document;

  private Sbom(Path distribution, ObjectNode document) {
    this.distribution = distribution;
    this.document = document;
  }

  /** Takes the plugin's file, the folder of the distribution, and the file to write. */
  public static void main(String[] arguments) throws IOException {
    Path bom = Path.of(arguments[0]);
    if (!Files.exists(bom)) {
      throw new IOException(
          bom
              + ": is missing: its plugin does nothing in an offline build, so build once without"
              + " -o");
    }
    Files.writeString(Path.of(arguments[2]), of(bom, Path.of(arguments[1])));
  }

  /**
   * The list, as JSON.
   *
   * @param bom what the Maven plugin wrote
   * @throws IOException also when a jar is shipped that the plugin does not know
   */
  static String of(Path bom, Path distribution) throws IOException {
    if (!(JSON.readTree(Files.readString(bom)) instanceof ObjectNode document)) {
      throw new IOException(bom + ": is no JSON object");
    }
    Sbom sbom = new Sbom(distribution, document);
    sbom.reduce();
    return JSON.writeValueAsString(document) + "\n";
  }

  private void reduce() throws IOException {
    String module = document.path("metadata").path("component").path("bom-ref").asString();
    Map<String, ObjectNode> known = componentsByFile();
    ArrayNode shipped = JSON.createArrayNode();
    Set<String> references = new HashSet<>();
    for (Path jar : jars()) {
      ObjectNode component = known.get(jar.getFileName().toString());
      if (component == null) {
        throw new IOException(jar + ": is no dependency, so nobody knows where it is from");
      }
      setHash(component, jar);
      correctLicence(component);
      setPlace(component, distribution.relativize(jar).toString());
      shipped.add(component);
      references.add(component.path("bom-ref").asString());
    }
    shipped.add(runtime());
    document.remove("serialNumber");
    document.set("components", shipped);
    nameTheWhole();
    document.set("dependencies", dependencies(module, references));
  }

  /** All but the runtime's own, which is a part of it. */
  private List<Path> jars() throws IOException {
    List<Path> jars = new ArrayList<>();
    for (Path file : Folders.files(distribution)) {
      if (file.toString().endsWith(".jar") && !file.startsWith(distribution.resolve(RUNTIME))) {
        jars.add(file);
      }
    }
    return jars;
  }

  private Map<String, ObjectNode> componentsByFile() throws IOException {
    Map<String, ObjectNode> byFile = new HashMap<>();
    for (JsonNode component : document.path("components")) {
      String file =
          component.path("name").asString() + "-" + component.path("version").asString() + ".jar";
      if (byFile.put(file, (ObjectNode) component) != null) {
        throw new IOException(file + ": two dependencies have this name");
      }
    }
    return byFile;
  }

  private static void setHash(ObjectNode component, Path jar) throws IOException {
    ArrayNode hashes = component.putArray("hashes");
    hashes.addObject().put("alg", "SHA-256").put("content", sha256(jar));
  }

  /**
   * JLine's POM says "The BSD License" with the URL of the three-clause licence. CycloneDX's plugin
   * goes by the name, and takes it for the four-clause licence, which demands more.
   */
  private static void correctLicence(ObjectNode component) {
    JsonNode licence = component.at("/licenses/0/license");
    if (component.path("group").asString().equals("org.jline")
        && licence.path("id").asString().equals("BSD-4-Clause")) {
      ((ObjectNode) licence).put("id", "BSD-3-Clause");
    }
  }

  private static void setPlace(ObjectNode component, String place) {
    component.putObject("evidence").putArray("occurrences").addObject().put("location", place);
  }

  /** By the names under which scanners know it: Java's vulnerabilities are OpenJDK's. */
  private ObjectNode runtime() throws IOException {
    Properties release = new Properties();
    release.load(new StringReader(Files.readString(distribution.resolve("runtime/release"))));
    String version = unquoted(release, "JAVA_VERSION");
    ObjectNode runtime = JSON.createObjectNode();
    runtime.put("type", "platform").put("bom-ref", RUNTIME);
    runtime.put("publisher", unquoted(release, "IMPLEMENTOR"));
    runtime.put("name", "openjdk").put("version", version);
    runtime.put("description", "Java runtime " + unquoted(release, "JAVA_RUNTIME_VERSION"));
    runtime.put("cpe", "cpe:2.3:a:oracle:openjdk:" + version + ":*:*:*:*:*:*:*");
    runtime.put("purl", "pkg:generic/openjdk@" + version);
    setPlace(runtime, RUNTIME);
    runtime
        .putArray("properties")
        .addObject()
        .put("name", "sallyport:modules")
        .put("value", unquoted(release, "MODULES"));
    return runtime;
  }

  private static String unquoted(Properties release, String key) throws IOException {
    String value = release.getProperty(key);
    if (value == null) {
      throw new IOException("the runtime's file \"release\" does not say " + key);
    }
    return value.replace("\"", "");
  }

  /** The Maven module is how the distribution is built, and not what people know it as. */
  private void nameTheWhole() {
    ObjectNode metadata = (ObjectNode) document.get("metadata");
    String version = metadata.path("component").path("version").asString();
    metadata
        .putObject("component")
        .put("type", "application")
        .put("bom-ref", SALLYPORT)
        .put("name", SALLYPORT)
        .put("version", version);
  }

  /** Which shipped part needs which. */
  private ArrayNode dependencies(String module, Set<String> shipped) {
    ArrayNode all = JSON.createArrayNode();
    for (JsonNode dependency : document.path("dependencies")) {
      String reference = dependency.path("ref").asString();
      boolean whole = reference.equals(module);
      if (whole || shipped.contains(reference)) {
        ObjectNode kept = all.addObject().put("ref", whole ? SALLYPORT : reference);
        ArrayNode needed = kept.putArray("dependsOn");
        for (JsonNode other : dependency.path("dependsOn")) {
          if (shipped.contains(other.asString())) {
            needed.add(other.asString());
          }
        }
        if (whole) {
          needed.add(RUNTIME);
        }
      }
    }
    all.addObject().put("ref", RUNTIME).putArray("dependsOn");
    return all;
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
