package dev.sallyport.gateway;

import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the client may do. It is evaluated at each use, because keys expire, rules change and a
 * rule's hours end. For all threads.
 *
 * @param decide resolves and decides where a forward or a session may go, by the restrictions and
 *     the rules; may wait
 * @param again evaluates a grant again, for the address that was dialled; never waits
 * @param forbids why the restrictions forbid an act, if they do
 * @param command the command that the key forces every session to run, if any
 */
public record Rights(
    BiFunction<Act, Target, Decision> decide,
    Again again,
    Function<Act, Optional<Denial>> forbids,
    Supplier<Optional<String>> command) {
  /** Evaluates a grant again while it is in use. */
  @FunctionalInterface
  public interface Again {
    /**
     * Decides without resolving names; never waits.
     *
     * @param target as it was asked for
     */
    Decision decide(Act act, Target target, InetAddress dialled);
  }
}
