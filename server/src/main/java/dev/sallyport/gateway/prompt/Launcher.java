package dev.sallyport.gateway.prompt;

/** Opens sessions for the prompt. */
@FunctionalInterface
public interface Launcher {
  /**
   * Runs a session to its end, on the prompt's terminal, and leaves no thread that waits for the
   * terminal's input. Says itself why a session could not be.
   *
   * @return its exit status, 0 to 255; 255 when there was no session, as ssh(1) has it
   * @throws InterruptedException when the prompt's thread is interrupted; the session is over then
   */
  int launch(GatewayCommand command) throws InterruptedException;
}
