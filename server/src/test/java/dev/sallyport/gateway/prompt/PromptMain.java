package dev.sallyport.gateway.prompt;

import java.util.OptionalInt;

/**
 * A prompt on the process's own terminal, which must be raw; its arguments are columns and rows.
 */
final class PromptMain {
  private PromptMain() {}

  static void main(String[] arguments) throws InterruptedException {
    TerminalSize size = TerminalSize.of(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]));
    PromptTerminal terminal = new PromptTerminal(System.in, System.out, arguments[2], size);
    int status =
        new GatewayPrompt(
                terminal,
                () -> Typist.ALICE,
                command -> OptionalInt.of(command.command().orElse("").length()))
            .run();
    System.exit(status);
  }
}
