package dev.sallyport.audit;

/**
 * The events in a file of the log, by {@code metadata.sequence}.
 *
 * @param events the number of lines; if it is 0, the others are 0 too
 * @param first the number of the first line
 * @param last the number of the last line
 */
public record LogSpan(long events, long first, long last) {}
