package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Classes of one package that need each other in a ring can only be read, tested and changed
 * together. The rings that there are have a reason; a new one fails here. A constant that the
 * compiler copies into another class does not count.
 */
final class RingsTest {
  /** Classes that need each other, and why they do. */
  private record Ring(String room, String classes, String reason) {
    Set<String> members() {
      Set<String> members = new TreeSet<>();
      for (String name : classes.split(" ")) {
        members.add("dev.sallyport." + room + "." + name);
      }
      return members;
    }
  }

  private static final List<Ring> ACCEPTED =
      List.of(
          new Ring(
              "gateway.inspect",
              "InnerAuthentication InnerChannelService InnerConnection "
                  + "InnerConnectionFactory InnerPublicKey Inspections",
              "the library makes the services and methods of a connection, and hands them "
                  + "the connection"),
          new Ring(
              "recording",
              "Exec Leftover Recording Surroundings Terminal Unfinished",
              "the two kinds of recording, and the repair of what a crash left of either"),
          new Ring("recording", "Manifest ManifestFile", "a manifest and its form as a file"),
          new Ring(
              "audit",
              "ConnectionAudit Strangers",
              "a connection is counted with the unauthenticated ones until it logs in"),
          new Ring(
              "forward",
              "ChannelClient ForwardChannel",
              "the library's channel has the window's end, which answers on the channel"),
          new Ring(
              "ssh",
              "ServerChannels ServerConnection",
              "a connection has one object for its channels, which answers on the " + "connection"),
          new Ring(
              "gateway.relay",
              "SessionTap UnnamedSftp",
              "a tap becomes another kind of tap when the first bytes are sftp's"),
          new Ring(
              "gateway.prompt",
              "GatewayCommand GatewayCommandParser",
              "the command's one way in is its parser"),
          new Ring(
              "memory",
              "MemoryAccount MemoryHold MemoryShare",
              "an account has shares, a share has holds, and each gives back to the one "
                  + "above"),
          new Ring("terminal", "Page Row", "a page has rows, and a row's width is the page's"),
          new Ring(
              "transport",
              "Bytes ProxyHeader ProxyHeaderV1 ProxyHeaderV2",
              "a header is read by its version, and each version makes a header"),
          new Ring(
              "spi",
              "InvalidSettingsException PluginSettings",
              "the exception carries the faults that the settings have collected"),
          new Ring("support.keys", "GatheredOptions KeyOptions", "the builder of the options"),
          new Ring(
              "support.keys",
              "KeyTexts KrlReader RevocationList",
              "a list has two forms, each with its reader"),
          new Ring(
              "support.files",
              "FileCache WatchedFiles",
              "the cache of the files that are watched"));

  @Test
  void everyRingIsKnownAndHasAReason() {
    assertThat(rings())
        .containsExactlyInAnyOrderElementsOf(ACCEPTED.stream().map(Ring::members).toList());
    assertThat(ACCEPTED).allSatisfy(ring -> assertThat(ring.reason()).isNotBlank());
  }

  /** The classes that each class needs within its package. Nested ones count as their outermost. */
  private static Map<String, Set<String>> needs() {
    Map<String, Set<String>> needs = new TreeMap<>();
    for (JavaClass one : ArchitectureTest.CLASSES) {
      Set<String> own = needs.computeIfAbsent(outermost(one), name -> new TreeSet<>());
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        JavaClass other = dependency.getTargetClass().getBaseComponentType();
        if (other.getPackageName().equals(one.getPackageName())) {
          own.add(outermost(other));
        }
      }
    }
    return needs;
  }

  private static String outermost(JavaClass one) {
    return one.getName().replaceFirst("\\$.*", "");
  }

  /** The strongly connected components of two and more classes (Tarjan). */
  private static Collection<Set<String>> rings() {
    Components components = new Components(needs());
    components.needs.keySet().forEach(components::visit);
    return components.rings;
  }

  private static final class Components {
    private final Map<String, Set<String>> needs;
    private final Map<String, Integer> number = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<Set<String>> rings = new HashSet<>();

    Components(Map<String, Set<String>> needs) {
      this.needs = needs;
    }

    void visit(String one) {
      if (number.containsKey(one)) {
        return;
      }
      int mine = number.size();
      number.put(one, mine);
      lowest.put(one, mine);
      open.push(one);
      for (String other : needs.getOrDefault(one, Set.of())) {
        boolean isNew = !number.containsKey(other);
        visit(other);
        if (isNew || open.contains(other)) {
          lowest.merge(one, isNew ? lowest.get(other) : number.get(other), Math::min);
        }
      }
      if (lowest.get(one) == mine) {
        close(one);
      }
    }

    private void close(String first) {
      Set<String> component = new TreeSet<>();
      String one;
      do {
        one = open.pop();
        component.add(one);
      } while (!one.equals(first));
      if (component.size() > 1) {
        rings.add(component);
      }
    }
  }
}
