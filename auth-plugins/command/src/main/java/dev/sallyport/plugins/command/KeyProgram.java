package dev.sallyport.plugins.command;

import dev.sallyport.plugins.asking.CannotTellException;
import dev.sallyport.plugins.asking.Source;
import dev.sallyport.spi.Reporter;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.files.Located;
import dev.sallyport.support.files.TrustedPaths;
import dev.sallyport.support.keys.KeyLineParser;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.reports.Fault;
import dev.sallyport.support.reports.FaultLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs the program for a question, and reads the keys that it prints. */
final class KeyProgram implements Source<Question, Answer> {
  /**
   * How setsid, setpriv and every shell end that cannot run the program they were to run, because
   * they may not or because it is not there (POSIX, "exec").
   */
  private static final Set<Integer> NOT_RUN = Set.of(126, 127);

  private final Arguments arguments;
  private final Program program;
  private final TrustedPaths paths;
  private final FaultLog pathFaults;
  private final Reporter failures;
  private final FaultLog keyFaults;
  private final KeyLineParser parser;

  /**
   * @param reporter for what only the operator can cause
   * @param failures for what strangers can cause by choosing names
   */
  KeyProgram(
      Arguments arguments,
      Program program,
      TrustedPaths paths,
      Reporter reporter,
      Reporter failures,
      ZoneId zone) {
    this.arguments = arguments;
    this.program = program;
    this.paths = paths;
    this.pathFaults = new FaultLog(reporter);
    this.failures = failures;
    this.keyFaults = new FaultLog(failures);
    this.parser = new KeyLineParser(KeyOwner.ONE_USER, zone);
  }

  /** Whether nobody but the operator can change the program; if not, the operator hears why. */
  Optional<String> whatIsWrong() {
    Path path = arguments.program();
    Optional<Fault> fault =
        switch (paths.locate(path)) {
          case Located.Found _ -> Optional.empty();
          case Located.Untrusted(Path where, String what) ->
              Optional.of(new Fault(where.toString(), what));
          case Located.Folder _ -> Optional.of(new Fault(path.toString(), "is a folder"));
          case Located.Absent _ ->
              Optional.of(
                  new Fault(path.toString(), "is not there, so no key of this plugin can log in"));
        };
    pathFaults.settle("program", fault.stream().toList());
    return fault.map(Fault::what);
  }

  @Override
  public Answer ask(Question question) throws Exception {
    if (whatIsWrong().isPresent()) {
      throw new CannotTellException("the program " + arguments.program() + " cannot be trusted");
    }
    return switch (run(arguments.vector(question))) {
      case Ended.Answered(Printed output) -> new Answer.Said(verdict(question, output.bytes()));
      case Ended.Failed(int code, String complaint) -> {
        String how = "ended with " + code;
        tell(how, complaint);
        if (NOT_RUN.contains(code)) {
          throw new CannotTellException("the program " + arguments.program() + " " + how);
        }
        yield new Answer.Declined(how);
      }
      case Ended.Stopped(String why, String complaint) -> {
        tell(why, complaint);
        throw new CannotTellException("the program " + arguments.program() + " " + why);
      }
    };
  }

  private void tell(String how, String complaint) {
    failures.problem(
        arguments.program().toString(),
        how
            + ", so this question lets nobody in"
            + (complaint.isEmpty() ? "" : "; it said: " + complaint));
  }

  private Ended run(List<String> vector) throws CannotTellException, InterruptedException {
    try {
      return program.run(vector);
    } catch (IOException e) {
      failures.problem(arguments.program().toString(), "cannot be run: " + e.getMessage());
      throw new CannotTellException("the program " + arguments.program() + " cannot be run");
    }
  }

  private Verdict verdict(Question question, byte[] output) {
    String source = arguments.program() + " for " + question.user().text();
    KeyList keys = KeyList.parse(source, KeyOwner.ONE_USER, output, parser);
    keyFaults.settle(source, keys.faults());
    return keys.verdict(question.key(), question.user()).orElseGet(Verdict.Unclaimed::new);
  }
}
