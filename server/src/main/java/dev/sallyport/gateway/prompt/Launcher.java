package dev.sallyport.gateway.prompt;

import java.util.OptionalInt;

/** Opens sessions for the prompt. */
@FunctionalInterface
public interface Launcher {
  /**
   * Runs a session to its end on the prompt's terminal. When it returns, no thread waits for the
   * terminal's input.
   *
   * @return its exit status, 0 to 255; empty when there was no session or the bastion ended it, in
   *     which case the user has been shown why
   * @throws InterruptedException when the prompt's thread is interrupted; the session has ended
   *     then
   */
  OptionalInt launch(GatewayCommand command) throws InterruptedException;
}
