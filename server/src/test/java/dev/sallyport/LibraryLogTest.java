package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.apache.sshd.common.util.logging.AbstractLoggingBean;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The SSH library logs what strangers send: as it came, with stack traces, as often as they like.
 */
final class LibraryLogTest {
  private static JavaClasses ours() {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("dev.sallyport");
  }

  @Test
  void theLibraryLogsNothingUnderTheNamesOfItsSubclasses() {
    List<String> names =
        ours().stream()
            .filter(one -> one.isAssignableTo(AbstractLoggingBean.class))
            .map(JavaClass::getName)
            .toList();
    assertThat(names).isNotEmpty();
    assertThat(names).noneMatch(name -> LoggerFactory.getLogger(name).isErrorEnabled());
  }

  /** A class that logs under its own name in a package that is off would be heard by nobody. */
  @Test
  void noneOfOursLogsUnderANameThatIsOff() {
    List<String> silent =
        ours().stream()
            .flatMap(one -> one.getMethodCallsFromSelf().stream())
            .filter(call ->
                call.getTargetOwner().isEquivalentTo(LoggerFactory.class)
                    && call.getTarget()
                        .getRawParameterTypes()
                        .getFirst()
                        .isEquivalentTo(Class.class))
            .map(call -> call.getOriginOwner().getName())
            .toList();
    assertThat(silent).isNotEmpty();
    assertThat(silent).allMatch(name -> LoggerFactory.getLogger(name).isErrorEnabled());
  }

  @Test
  void theOperatorHearsWhatWeSayOurselves() {
    assertThat(List.of("sallyport.connection", "sallyport.forward", "sallyport.gateway"))
        .allMatch(name -> LoggerFactory.getLogger(name).isInfoEnabled());
  }
}
