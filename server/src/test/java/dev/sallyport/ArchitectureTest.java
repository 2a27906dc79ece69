package dev.sallyport;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sallyport.model.TimeText;
import dev.sallyport.spi.PrivateFiles;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Imports point only to the right: connection, auth, policy, gateway, ssh, forward, audit, model.
 */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sallyport");

  /** From left to right. */
  private static final List<String> LIFE =
      List.of(
          "connection",
          "auth",
          "policy",
          "gateway",
          "ssh",
          "forward",
          "transport",
          "recording",
          "terminal",
          "access",
          "audit",
          "memory",
          "model");

  @TestFactory
  Stream<DynamicTest> importsPointOnlyToTheRight() {
    return LIFE.stream()
        .skip(1)
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () -> {
                  List<String> left = new ArrayList<>(LIFE.subList(0, LIFE.indexOf(name)));
                  left.addAll(List.of("config", "review", "operations"));
                  noClasses()
                      .that()
                      .resideInAPackage(packageOf(name))
                      .should()
                      .dependOnClassesThat()
                      .resideInAnyPackage(
                          left.stream().map(ArchitectureTest::packageOf).toArray(String[]::new))
                      .check(CLASSES);
                }));
  }

  @Test
  void theSshLibraryStaysWhereConnectionsAre() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    packageOf("connection"),
                    packageOf("gateway"),
                    packageOf("ssh"),
                    packageOf("forward"),
                    packageOf("transport"))))
        .should()
        .dependOnClassesThat(resideInAPackage("org.apache.sshd.."))
        .check(CLASSES);
  }

  @Test
  void hoconStaysInConfig() {
    noClasses()
        .that(not(resideInAPackage(packageOf("config"))))
        .should()
        .dependOnClassesThat(resideInAPackage("com.typesafe.config.."))
        .check(CLASSES);
  }

  @Test
  void nobodyNeedsTheCommandLine() {
    noClasses()
        .that(not(resideInAPackage("dev.sallyport")))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.sallyport"))
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCircles() {
    slices().matching("dev.sallyport.(*)..").should().beFreeOfCycles().check(CLASSES);
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

  private static String packageOf(String name) {
    return "dev.sallyport." + name + "..";
  }
}
