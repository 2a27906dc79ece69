package dev.sallyport.plugins.authorizedkeys;

import dev.sallyport.spi.Reporter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the operator of faults once, not at every login: the same faults of the same path are told
 * again only after they were gone. Safe for all threads.
 */
final class FaultLog {
  /**
   * Most paths whose faults are remembered; beyond it the one not seen for longest may be told
   * again. Only paths that exist have faults, so strangers cannot fill it.
   */
  private static final int MOST_PATHS = 10_000;

  private final Reporter reporter;
  private final Map<Path, Integer> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Integer> eldest) {
          return size() > MOST_PATHS;
        }
      };

  FaultLog(Reporter reporter) {
    this.reporter = reporter;
  }

  /** These are the faults of the path now; none at all when it is in order. */
  void settle(Path path, List<Fault> faults) {
    if (isNews(path, faults)) {
      faults.forEach(fault -> reporter.problem(fault.where(), fault.what()));
    }
  }

  private synchronized boolean isNews(Path path, List<Fault> faults) {
    if (faults.isEmpty()) {
      told.remove(path);
      return false;
    }
    Integer now = faults.hashCode();
    return !now.equals(told.put(path, now));
  }
}
