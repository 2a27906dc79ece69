package dev.sallyport.transport;

import java.net.InetAddress;

/**
 * Whether a socket that was just accepted may become a connection. Called by the accepting threads.
 */
public interface Admission {
  /** True to go on with it; false to close it at once. Never blocks. */
  boolean admit(InetAddress source);

  /** What was admitted ended before there was a connection that could say so. Never blocks. */
  void leave(InetAddress source);
}
