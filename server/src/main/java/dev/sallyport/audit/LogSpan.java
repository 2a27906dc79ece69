package dev.sallyport.audit;

/**
 * Which events a file of the log holds, by {@code metadata.sequence}.
 *
 * @param events how many lines; 0 when it holds none, and then the others are 0 too
 * @param first the first line's number
 * @param last the last line's number
 */
public record LogSpan(long events, long first, long last) {}
