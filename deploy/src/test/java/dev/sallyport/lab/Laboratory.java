package dev.sallyport.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A suite that needs Docker. All suites of one run share a {@link Vpc}, which their constructors
 * take. Without Docker the suite is skipped, and says so; with {@code CI=true} it fails.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LaboratoryExtension.class)
@interface Laboratory {}
