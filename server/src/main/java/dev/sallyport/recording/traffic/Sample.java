package dev.sallyport.recording.traffic;

import java.time.Duration;

/**
 * What passed in a stretch of time.
 *
 * @param start since the forward opened
 * @param width the same for all samples of a forward
 * @param bytesToTarget at least 0, as the others
 * @param readsToTarget how many pieces they came in: near to the number of packets
 */
public record Sample(
    Duration start,
    Duration width,
    long bytesToTarget,
    long readsToTarget,
    long bytesFromTarget,
    long readsFromTarget) {}
