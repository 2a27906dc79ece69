package dev.sallyport.audit;

import dev.sallyport.model.Target;
import java.net.InetSocketAddress;

/**
 * The data that all events of one session on a target share. Texts from the network are not
 * escaped.
 *
 * @param id a UUID, which is the recording's id too
 * @param user the user's name
 * @param target what was asked for
 * @param address the address dialled
 * @param login the user name on the target
 * @param rule the rule that allowed it
 * @param way how the session was opened: {@code inspected-forward}, {@code gateway-command} or
 *     {@code gateway-prompt}
 */
public record SessionFacts(
    String id,
    String user,
    Target target,
    InetSocketAddress address,
    String login,
    String rule,
    String way) {}
