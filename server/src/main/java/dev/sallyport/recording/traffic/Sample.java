package dev.sallyport.recording.traffic;

import java.time.Duration;

/**
 * The traffic in one interval of time.
 *
 * @param start time since the forward opened
 * @param width of the interval, the same for all samples of a forward
 * @param bytesToTarget at least 0, as the others
 * @param readsToTarget the number of reads, which is close to the number of packets
 */
public record Sample(
    Duration start,
    Duration width,
    long bytesToTarget,
    long readsToTarget,
    long bytesFromTarget,
    long readsFromTarget) {}
