package dev.sallyport.ssh;

/** A connection whose key exchanges are computed by {@link PublicKeyWork}. */
public interface KeyExchanger {
  /** Its computations. */
  PeerWork work();
}
