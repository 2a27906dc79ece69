package dev.sallyport.plugins.asking;

/** Whoever knows the answers. */
@FunctionalInterface
public interface Source<Q, A> {
  /**
   * Asks, on one of a few platform threads that strangers and known users do not share; so it may
   * block in native code, such as the resolver of names, but must end by itself.
   *
   * @throws NoAnswerException when there is no answer to this question; others are asked on
   * @throws Exception when there is no answer; it reaches those who wait for it
   */
  A ask(Q question) throws Exception;
}
