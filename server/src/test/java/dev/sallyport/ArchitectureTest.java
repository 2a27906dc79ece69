package dev.sallyport;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sallyport.model.TimeText;
import dev.sallyport.support.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The map of the code: every package, and that imports point only down the list. So there is no
 * cycle between packages. {@link RingsTest} looks within them.
 */
final class ArchitectureTest {
  private static final String ROOT = "dev.sallyport";

  /** Without tests, which other modules lend in jars of their own. */
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages(ROOT);

  /**
   * A package.
   *
   * @param name without {@code dev.sallyport}
   * @param sentence what it is for, as in {@code docs/architecture.md}
   */
  private record Room(String name, String sentence) {
    /** Its line on the page. */
    String line() {
      return "| %s | %s |".formatted(name.isEmpty() ? "(root)" : "`" + name + "`", sentence);
    }
  }

  /** From top to bottom. Plugins stand beside the list: they need its end only. */
  private static final List<Room> MAP =
      List.of(
          new Room(
              "",
              "starts the server: `Bastion` makes all parts with plain `new`, and closes them in"
                  + " reverse order"),
          new Room("cli", "the commands that operators type, and their output"),
          new Room(
              "operations",
              "what the operator does with a running server: checks of files, reload, control"
                  + " socket, systemd"),
          new Room("review", "shows recordings and the audit log to auditors"),
          new Room(
              "config",
              "turns HOCON into the records that the other packages own, or into the full list of"
                  + " errors"),
          new Room(
              "connection",
              "accepts SSH clients, limits them, authenticates them, and starts a forward or"
                  + " session for each channel"),
          new Room(
              "auth",
              "decides who a client is, by asking the plugins, and evaluates every restriction"),
          new Room(
              "gateway.relay",
              "joins a channel of a client to a channel on a target, and records what passes"),
          new Room(
              "gateway.prompt",
              "what users type at the bastion: the gateway command and the gateway prompt"),
          new Room(
              "gateway.inspect",
              "ends an SSH connection inside a forward at the bastion, so that it can be recorded"),
          new Room(
              "gateway.outbound",
              "the bastion's own connection to a target: host key, credential, login"),
          new Room(
              "policy",
              "decides, as a pure function, whether a user may reach a resolved address now, and by"
                  + " which rule"),
          new Room("forward", "one TCP forward, from open to close"),
          new Room(
              "ssh",
              "what all SSH connections of the bastion share: message order, rekeying, algorithms,"
                  + " public-key work"),
          new Room(
              "channel", "flow control of one end of an SSH channel, and refusals to open one"),
          new Room(
              "recording", "writes recordings, removes old ones, and repairs what a crash left"),
          new Room("recording.files", "reads the files of sftp and scp from passing bytes"),
          new Room(
              "recording.input", "reads the typed lines that a target echoed from passing bytes"),
          new Room(
              "recording.traffic",
              "recognises the kind of traffic in a forward from passing bytes"),
          new Room("terminal", "tokenizes ECMA-48 control functions, and models a screen"),
          new Room(
              "access",
              "what the user of a connection may do now: one interface, for forwards and sessions"),
          new Room("transport", "the bytes under SSH: sockets, and forwards that carry SSH"),
          new Room("audit", "the durable event log, in OCSF"),
          new Room(
              "memory", "reserves the memory that clients and targets can make the process keep"),
          new Room("model", "values that all packages share: addresses, targets, users, decisions"),
          new Room("support.keys", "keys, certificates and revocation lists, in OpenSSH's formats"),
          new Room(
              "support.files",
              "files that nobody but the operator can change, and files that nobody else can read"),
          new Room(
              "support.reports",
              "faults that the operator has to mend, reported once and not at every login"),
          new Room("support.linux", "calls into the C library that Java has no API for"),
          new Room("spi", "the contract of authentication plugins"));

  /** What plugins may import. */
  private static final String[] FOR_PLUGINS = {
    "dev.sallyport.spi", "dev.sallyport.support..", "dev.sallyport.plugins.."
  };

  private static final String[] WITH_SSH_LIBRARY = {
    "dev.sallyport.connection",
    "dev.sallyport.gateway.relay",
    "dev.sallyport.gateway.inspect",
    "dev.sallyport.gateway.outbound",
    "dev.sallyport.forward",
    "dev.sallyport.ssh",
    "dev.sallyport.channel",
    "dev.sallyport.transport"
  };

  @Test
  void everyPackageIsOnTheMap() {
    Set<String> packages = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      if (!one.getPackageName().startsWith("dev.sallyport.plugins")) {
        packages.add(one.getPackageName());
      }
    }
    assertThat(packages)
        .containsExactlyInAnyOrderElementsOf(
            MAP.stream().map(room -> fullName(room.name())).toList());
  }

  /**
   * The launcher puts one jar on the module path. Java looks for a package of that module in no
   * other jar, so a class of the same package elsewhere would not be found by {@code serve}.
   */
  @Test
  void everyPackageIsInOneJar() {
    Map<String, Set<String>> jars = new TreeMap<>();
    for (JavaClass one : CLASSES) {
      String file = one.getSource().orElseThrow().getUri().toString();
      String jar = file.replace(one.getName().replace('.', '/') + ".class", "");
      jars.computeIfAbsent(one.getPackageName(), name -> new TreeSet<>()).add(jar);
    }
    assertThat(jars).isNotEmpty().allSatisfy((name, all) -> assertThat(all).hasSize(1));
  }

  @Test
  void thePageHasTheMap() throws IOException {
    List<String> page = Files.readAllLines(Path.of("../docs/architecture.md"));
    int head = page.indexOf("| package (`dev.sallyport`) | in one sentence |");
    List<String> rows =
        page.stream().skip(head + 2).takeWhile(line -> line.startsWith("| ")).toList();
    assertThat(rows).isEqualTo(MAP.stream().map(Room::line).toList());
  }

  @TestFactory
  Stream<DynamicTest> importsPointOnlyDown() {
    return MAP.stream()
        .skip(1)
        .map(room -> DynamicTest.dynamicTest(room.name(), () -> checkImports(room)));
  }

  private static void checkImports(Room room) {
    String[] above =
        MAP.subList(0, MAP.indexOf(room)).stream()
            .map(other -> fullName(other.name()))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(fullName(room.name()))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(above)
        .check(CLASSES);
  }

  @Test
  void theServerNeedsNoPlugin() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sallyport.plugins..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.sallyport.plugins..")
        .check(CLASSES);
  }

  @Test
  void pluginsNeedOnlyTheContractAndItsSupport() {
    noClasses()
        .that()
        .resideInAPackage("dev.sallyport.plugins..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.sallyport..").and(not(resideInAnyPackage(FOR_PLUGINS))))
        .check(CLASSES);
  }

  @Test
  void theSshLibraryStaysWhereConnectionsAre() {
    noClasses()
        .that(not(resideInAnyPackage(WITH_SSH_LIBRARY)))
        .should()
        .dependOnClassesThat(resideInAPackage("org.apache.sshd.."))
        .check(CLASSES);
  }

  /** So that whoever updates the library knows why each of them is there. */
  @TestFactory
  Stream<DynamicTest> everySubclassOfTheSshLibrarySaysWhatItIsFor() throws IOException {
    String page = Files.readString(Path.of("../docs/mina.md"));
    return CLASSES.stream()
        .filter(one -> one.isTopLevelClass() && !one.isInterface() && extendsTheSshLibrary(one))
        .map(one ->
            DynamicTest.dynamicTest(
                one.getSimpleName(),
                () -> {
                  assertThat(firstSentence(one)).contains("the library");
                  assertThat(page).contains("`" + one.getSimpleName() + "`");
                }));
  }

  private static boolean extendsTheSshLibrary(JavaClass one) {
    return Stream.concat(one.getRawSuperclass().stream(), one.getRawInterfaces().stream())
        .anyMatch(other -> other.getPackageName().startsWith("org.apache.sshd"));
  }

  /** Of the comment on the class. */
  private static String firstSentence(JavaClass one) throws IOException {
    Path source = Path.of("src/main/java", one.getName().replace('.', '/') + ".java");
    String text = Files.readString(source);
    String comment = text.substring(0, text.indexOf("class " + one.getSimpleName()));
    comment = comment.substring(comment.lastIndexOf("/**")).replaceAll("\\s*\n \\* ?", " ");
    return comment.replaceFirst("(?s)\\. .*", "");
  }

  @Test
  void hoconStaysInConfig() {
    noClasses()
        .that(not(resideInAPackage("dev.sallyport.config")))
        .should()
        .dependOnClassesThat(resideInAPackage("com.typesafe.config.."))
        .check(CLASSES);
  }

  /** A folder that fails while it is read throws what no caller expects; there it does not. */
  @Test
  void foldersAreListedInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(PrivateFiles.class.getName())
        .should()
        .callMethod(Files.class, "list", Path.class)
        .orShould()
        .callMethod(Files.class, "newDirectoryStream", Path.class)
        .orShould()
        .callMethod(Files.class, "newDirectoryStream", Path.class, String.class)
        .orShould()
        .callMethod(Files.class, "walk", Path.class, FileVisitOption[].class)
        .check(CLASSES);
  }

  /** So that every time has its offset, and is read back as it is printed; folders have dates. */
  @Test
  void timesArePrintedInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(TimeText.class.getName())
        .and()
        .doNotHaveFullyQualifiedName("dev.sallyport.recording.Folders")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(DateTimeFormatter.class)
        .check(CLASSES);
  }

  private static String fullName(String room) {
    return room.isEmpty() ? ROOT : ROOT + "." + room;
  }
}
