package dev.sallyport.ssh;

/** A connection whose key exchanges are computed by {@link PublicKeyWork}. */
public interface KeyExchanger {
  /** What it computes with. */
  PeerWork work();
}
