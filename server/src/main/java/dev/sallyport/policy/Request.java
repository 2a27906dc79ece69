package dev.sallyport.policy;

import dev.sallyport.model.Host;
import dev.sallyport.model.User;
import java.net.InetAddress;
import java.time.Instant;

/**
 * A user's request for one address.
 *
 * @param source the client's address
 * @param at now
 * @param host the requested host
 * @param address {@code host} itself, or what it resolved to
 * @param port 1 to 65535
 */
public record Request(
    User user, InetAddress source, Instant at, Host host, InetAddress address, int port) {}
