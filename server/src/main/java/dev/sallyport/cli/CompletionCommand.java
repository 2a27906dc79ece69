package dev.sallyport.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sallyport completion}. */
@NullUnmarked // picocli fills the fields
@Command(
    name = "completion",
    description = {
      "Prints a script with which a shell completes commands and options of sallyport.",
      "bash: source <(sallyport completion bash), or write it to"
          + " /usr/local/share/bash-completion/completions/sallyport, as 'make install' does.",
      "zsh: autoload -U +X compinit && compinit; source <(sallyport completion zsh)"
    },
    exitCodeList = "0:The script was printed.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class CompletionCommand implements Callable<Integer> {
  /** Both understand the same script. */
  enum Shell {
    BASH,
    ZSH
  }

  static final class ShellConverter implements ITypeConverter<Shell> {
    @Override
    public Shell convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "bash" -> Shell.BASH;
        case "zsh" -> Shell.ZSH;
        default -> throw new TypeConversionException("write bash or zsh");
      };
    }
  }

  @Parameters(paramLabel = "SHELL", converter = ShellConverter.class, description = "bash or zsh.")
  private Shell shell;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        switch (shell) {
          case BASH, ZSH -> script(spec.root().commandLine());
        });
    out.flush();
    return Exit.OK;
  }

  public static String script(CommandLine main) {
    return AutoComplete.bash(main.getCommandName(), main);
  }
}
