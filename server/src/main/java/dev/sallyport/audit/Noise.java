package dev.sallyport.audit;

import dev.sallyport.model.SourceNetwork;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts events that are not logged individually. Guarded by its owner's lock. */
final class Noise {
  /**
   * Most sources that are counted individually between two summaries; takes about 100 KiB. A botnet
   * must not fill the heap.
   */
  static final int COUNTED_SOURCES = 1024;

  /** Most sources that a summary lists; bounds its line. */
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

  /** Counts a connection that the limits turned away. */
  void refused(InetAddress source) {
    refused++;
    connection(source);
  }

  /** Counts a connection that a penalty turned away. */
  void penalised(InetAddress source) {
    penalised++;
    refused(source);
  }

  /** Counts a penalty that is not logged. */
  void penalty(InetAddress source) {
    penalties++;
    count(source);
  }

  /** Counts a connection that is not logged. */
  void connection(InetAddress source) {
    connections++;
    count(source);
  }

  /** Counts a failed authentication that is not logged. */
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

  /** The summary, if anything was counted; resets the counts. */
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
