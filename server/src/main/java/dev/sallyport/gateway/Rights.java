package dev.sallyport.gateway;

import dev.sallyport.model.Act;
import dev.sallyport.model.Decision;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Target;
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
 * @param forbids why the restrictions do not let it be done, if they do not
 * @param command what every session runs, if the key forces that
 */
public record Rights(
    BiFunction<Act, Target, Decision> decide,
    Function<Act, Optional<Denial>> forbids,
    Supplier<Optional<String>> command) {}
