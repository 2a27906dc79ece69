package dev.sallyport.support.reports;

import dev.sallyport.spi.Reporter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the operator of faults once, not at every login: the same faults of the same source are
 * told again only after they were gone. Safe for all threads.
 */
public final class FaultLog {
  /**
   * Most sources whose faults are remembered; beyond it the one not seen for longest may be told
   * again. Only sources that exist have faults, so strangers cannot fill it.
   */
  private static final int MOST_SOURCES = 10_000;

  private final Reporter reporter;
  private final Map<String, Integer> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_SOURCES;
        }
      };

  /** With nothing told yet. */
  public FaultLog(Reporter reporter) {
    this.reporter = reporter;
  }

  /** These are the faults of the source now; none at all when it is in order. */
  public void settle(String source, List<Fault> faults) {
    if (isNews(source, faults)) {
      faults.forEach(fault -> reporter.problem(fault.where(), fault.what()));
    }
  }

  private synchronized boolean isNews(String source, List<Fault> faults) {
    if (faults.isEmpty()) {
      told.remove(source);
      return false;
    }
    Integer now = faults.hashCode();
    return !now.equals(told.put(source, now));
  }
}
