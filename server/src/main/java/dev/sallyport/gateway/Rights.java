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
 * What the client may do, asked each time anew: keys expire, rules change, hours end. For all
 * threads.
 *
 * @param decide resolves and decides where a forward or a session may go, by the restrictions and
 *     the rules; may wait
 * @param again decides on what was granted once more, on the address that was dialled; never waits
 * @param forbids why the restrictions do not let it be done, if they do not
 * @param command what every session runs, if the key forces that
 */
public record Rights(
    BiFunction<Act, Target, Decision> decide,
    Again again,
    Function<Act, Optional<Denial>> forbids,
    Supplier<Optional<String>> command) {
  /** A decision about what goes on. */
  @FunctionalInterface
  public interface Again {
    /**
     * Decides without a look at names; never waits.
     *
     * @param target as it was asked for
     */
    Decision decide(Act act, Target target, InetAddress dialled);
  }
}
