package dev.sallyport.cli;

import static dev.sallyport.cli.SecondFactorOf.shown;

import dev.sallyport.spi.AuthPluginFactory;
import dev.sallyport.spi.Enrolment;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sallyport second-factor list}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "list",
    description = "Lists the users who have a second factor, by name; no secret is shown.",
    exitCodeList = {
      "0:All users were printed; there may be none.",
      "1:No second factor is configured, or it cannot be read."
    })
final class SecondFactorList extends ConfigCommand {
  private static final List<String> TITLES = List.of("USER", "PLUGIN", "DETAIL");

  @Mixin private LimitOption limit;
  @Mixin private JsonOption json;

  SecondFactorList(List<AuthPluginFactory> plugins) {
    super(plugins);
  }

  @Override
  public Integer call() {
    return SecondFactorOf.with(
        config,
        plugins,
        err(),
        second -> {
          print(limit.of(second.enrolment().enrolled()), second.configured().plugin());
          return Exit.OK;
        });
  }

  /** Who has a second factor, as {@code --json} prints it. */
  private record Enrolled(String user, String plugin, String detail) {}

  private void print(List<Enrolment.Enrolled> enrolled, String plugin) {
    PrintWriter out = out();
    if (json.isGiven()) {
      enrolled.forEach(
          one -> out.println(Json.line(new Enrolled(one.user(), plugin, one.detail()))));
    } else {
      Table.print(
          out,
          TITLES,
          enrolled.stream()
              .map(one -> List.of(shown(one.user()), shown(plugin), shown(one.detail())))
              .toList());
    }
  }
}
