package dev.sallyport.forward;

import dev.sallyport.audit.SshGlimpse;
import dev.sallyport.audit.TrafficSample;
import dev.sallyport.audit.TrafficSummary;
import dev.sallyport.recording.traffic.Glimpse;
import dev.sallyport.recording.traffic.Hassh;
import dev.sallyport.recording.traffic.Traffic;
import java.util.Optional;

/** Converts the observed traffic of a forward for the audit log. */
public final class Summaries {
  private Summaries() {}

  /** The summary of one forward. */
  public static TrafficSummary of(Traffic traffic) {
    return new TrafficSummary(
        traffic.samples().stream()
            .map(sample ->
                new TrafficSample(
                    sample.width().toSeconds(),
                    sample.bytesToTarget(),
                    sample.bytesFromTarget(),
                    sample.readsToTarget(),
                    sample.readsFromTarget()))
            .toList(),
        protocol(traffic),
        traffic.client().flatMap(Summaries::ssh),
        traffic.target().flatMap(Summaries::ssh));
  }

  /** The protocol, for TLS with the server name that the client asks for. */
  private static String protocol(Traffic traffic) {
    return traffic.client().orElse(null) instanceof Glimpse.Tls(Optional<String> name)
        ? traffic.protocol() + name.map(server -> " to " + server).orElse("")
        : traffic.protocol();
  }

  private static Optional<SshGlimpse> ssh(Glimpse glimpse) {
    return switch (glimpse) {
      case Glimpse.Ssh(String version, Optional<Hassh> hassh) ->
          Optional.of(new SshGlimpse(version, hassh.map(Hassh::fingerprint).orElse("")));
      case Glimpse.Tls tls -> Optional.empty();
    };
  }
}
