package dev.sallyport.audit;

import dev.sallyport.model.SourceNetwork;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is counted instead of told, since a moment. Guarded by its owner's lock. */
final class Noise {
  /**
   * Sources counted one by one between two summaries, about 100 KiB; a botnet must not fill the
   * heap.
   */
  static final int COUNTED_SOURCES = 1024;

  /** Sources a summary names: its line stays short whoever knocks. */
  static final int LISTED_SOURCES = 16;

  private final Map<String, Long> sources = new HashMap<>();
  private Instant since;
  private long connections;
  private long refused;
  private long penalised;
  private long penalties;
  private long failures;
  private boolean uncounted;

  Noise(Instant since) {
    this.since = since;
  }

  /** A connection that the limits turned away. */
  void refused(InetAddress source) {
    refused++;
    connection(source);
  }

  /** A connection that a penalty turned away. */
  void penalised(InetAddress source) {
    penalised++;
    refused(source);
  }

  /** A penalty that began untold. */
  void penalty(InetAddress source) {
    penalties++;
    count(source);
  }

  /** A connection that ended untold. */
  void connection(InetAddress source) {
    connections++;
    count(source);
  }

  /** A failed authentication that was not told. */
  void failure(InetAddress source) {
    failures++;
    count(source);
  }

  private void count(InetAddress source) {
    String key = SourceNetwork.of(source).text();
    if (sources.size() < COUNTED_SOURCES || sources.containsKey(key)) {
      sources.merge(key, 1L, Long::sum);
    } else {
      uncounted = true;
    }
  }

  /** The summary, if there was anything; the counting begins anew. */
  Optional<AuditEvent.NoiseSummary> take(Instant now) {
    Optional<AuditEvent.NoiseSummary> summary =
        connections + penalties + failures == 0 ? Optional.empty() : Optional.of(summary(now));
    since = now;
    connections = 0;
    refused = 0;
    penalised = 0;
    penalties = 0;
    failures = 0;
    sources.clear();
    uncounted = false;
    return summary;
  }

  private AuditEvent.NoiseSummary summary(Instant now) {
    Map<String, Long> busiest =
        sources.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(LISTED_SOURCES)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return new AuditEvent.NoiseSummary(
        now,
        since,
        connections,
        refused,
        penalised,
        penalties,
        failures,
        busiest,
        uncounted || sources.size() > LISTED_SOURCES);
  }
}
