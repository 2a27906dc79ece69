package dev.sallyport.model;

import java.util.UUID;

/**
 * One SSH connection from a client; {@code metadata.correlation_uid} of all its audit events.
 *
 * @param value unique for all time
 */
public record ConnectionId(String value) {
  /** A new id. */
  public static ConnectionId random() {
    return new ConnectionId(UUID.randomUUID().toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
