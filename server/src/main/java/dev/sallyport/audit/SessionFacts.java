package dev.sallyport.audit;

import dev.sallyport.model.Target;
import java.net.InetSocketAddress;

/**
 * What is the same on all events of one session on a target. Texts from the network are as they
 * came.
 *
 * @param id unique for all time, and the recording's: a UUID as text
 * @param user who asked
 * @param target what was asked for
 * @param address the address dialled
 * @param login the user name on the target
 * @param rule the rule that allowed it
 * @param way how the user came: {@code inspected-forward}, {@code gateway-command} or {@code
 *     gateway-prompt}
 */
public record SessionFacts(
    String id,
    String user,
    Target target,
    InetSocketAddress address,
    String login,
    String rule,
    String way) {}
