package dev.sallyport.gateway.prompt;

import java.util.OptionalInt;

/** Opens sessions for the prompt. */
@FunctionalInterface
public interface Launcher {
  /**
   * Runs a session to its end, on the prompt's terminal, and leaves no thread that waits for the
   * terminal's input.
   *
   * @return its exit status, 0 to 255; nothing when there was no session or the bastion ended it,
   *     and then the user has been told why
   * @throws InterruptedException when the prompt's thread is interrupted; the session is over then
   */
  OptionalInt launch(GatewayCommand command) throws InterruptedException;
}
