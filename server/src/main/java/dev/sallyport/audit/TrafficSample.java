package dev.sallyport.audit;

/**
 * The traffic of a forward in one interval.
 *
 * @param seconds length of the interval; the next sample follows immediately
 * @param bytesToTarget payload sent to the target
 * @param bytesFromTarget payload sent by the target
 * @param packetsToTarget number of reads from the client
 * @param packetsFromTarget number of reads from the target
 */
public record TrafficSample(
    long seconds,
    long bytesToTarget,
    long bytesFromTarget,
    long packetsToTarget,
    long packetsFromTarget) {

  TrafficSample plus(TrafficSample next) {
    return new TrafficSample(
        seconds + next.seconds,
        bytesToTarget + next.bytesToTarget,
        bytesFromTarget + next.bytesFromTarget,
        packetsToTarget + next.packetsToTarget,
        packetsFromTarget + next.packetsFromTarget);
  }
}
