package dev.sallyport.transport;

/** Says how much one read of a wire may bring, once its peer has logged in. */
@FunctionalInterface
public interface ReadGrowth {
  /** Whether so many bytes may be read at once; never waits. */
  boolean mayReadAtOnce(int bytes);
}
