package dev.sallyport.policy;

import dev.sallyport.model.Host;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.time.Instant;

/**
 * One address that a user would reach.
 *
 * @param source where the client is
 * @param at now
 * @param host what the user asked for
 * @param address what {@code host} is, or resolved to
 * @param port 1 to 65535
 */
public record Request(
    User user, InetAddress source, Instant at, Host host, InetAddress address, int port) {}
