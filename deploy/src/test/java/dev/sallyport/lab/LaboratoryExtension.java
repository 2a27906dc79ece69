package dev.sallyport.lab;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.testcontainers.DockerClientFactory;

/**
 * Gives suites the one {@link Vpc} of this run, which is made for the first and ends with the last.
 */
final class LaboratoryExtension implements ExecutionCondition, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(LaboratoryExtension.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      return ConditionEvaluationResult.enabled("CI: without Docker the suite fails");
    }
    if (DockerClientFactory.instance().isDockerAvailable()) {
      return ConditionEvaluationResult.enabled("Docker answers");
    }
    String told =
        "The VPC laboratory is SKIPPED: no Docker engine answers. Run deploy/setup/docker as root.";
    context.getRoot().getStore(NAMESPACE).computeIfAbsent("told", key -> tell(told));
    return ConditionEvaluationResult.disabled(told);
  }

  private static String tell(String text) {
    System.err.println(text);
    return text;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Vpc.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The store closes what it holds when the last suite has ended.
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Built.class, key -> Built.now(), Built.class)
        .vpc();
  }

  /**
   * The laboratory, or why there is none. It is tried twice, because its images are made of
   * packages that are fetched, and a mirror may fail for a moment.
   */
  private sealed interface Built extends AutoCloseable {
    static Built now() {
      try {
        return new Standing(Vpc.start());
      } catch (RuntimeException | AssertionError first) {
        System.err.println(
            "the laboratory could not be built, and is tried again: " + cause(first));
        try {
          return new Standing(Vpc.start());
        } catch (RuntimeException | AssertionError second) {
          second.addSuppressed(first);
          return new Failed(second);
        }
      }
    }

    /** What failed, down to the first cause. */
    static String cause(Throwable failure) {
      StringBuilder text = new StringBuilder(failure.toString());
      for (Throwable why = failure.getCause(); why != null; why = why.getCause()) {
        text.append(" <- ").append(why);
      }
      return text.toString();
    }

    Vpc vpc();

    @Override
    void close();

    record Standing(Vpc vpc) implements Built {
      @Override
      public void close() {
        vpc.close();
      }
    }

    record Failed(Throwable why) implements Built {
      @Override
      public Vpc vpc() {
        throw new IllegalStateException(
            "the laboratory could not be built: " + Built.cause(why), why);
      }

      @Override
      public void close() {}
    }
  }
}
