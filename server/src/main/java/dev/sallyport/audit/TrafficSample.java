package dev.sallyport.audit;

/**
 * What a forward carried in a stretch of its time.
 *
 * @param seconds how long the stretch is; the next sample begins where it ends
 * @param bytesToTarget payload the target was sent
 * @param bytesFromTarget payload the target sent
 * @param packetsToTarget pieces in which that came from the client
 * @param packetsFromTarget pieces in which that came from the target
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
