package dev.sallyport.plugins.asking;

import java.time.Duration;

/**
 * How long things may take and count.
 *
 * @param name of the threads
 * @param whole how long a question may take, waiting for its turn included
 * @param stale how long an answer that lets somebody in may be used when no new one is to be had;
 *     zero for not at all
 * @param patience how long to wait for a new answer where such an old one is at hand
 * @param pause how long after a failure nobody is made to wait for the source again; zero when one
 *     failure says nothing about the next question
 */
public record Terms(
    String name, Duration whole, Duration stale, Duration patience, Duration pause) {}
