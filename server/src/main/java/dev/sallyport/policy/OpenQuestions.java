package dev.sallyport.policy;

import dev.sallyport.model.IpText;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody who asks about rules leaves open, as the few values that matter. Rules compare
 * sources, times, addresses and ports with ranges only, so between two neighbouring ends of ranges
 * every value is decided alike, and one of each such stretch stands for all of it.
 */
final class OpenQuestions {
  /** Windows of time come again every week, except where the clocks are changed. */
  static final Duration AHEAD = Duration.ofDays(7);

  private OpenQuestions() {}

  /** An address of every stretch between the ends of {@code networks}, of both families. */
  static Set<InetAddress> addresses(Collection<Cidr> networks) {
    Set<InetAddress> starts = new LinkedHashSet<>();
    starts.add(IpText.address(new byte[4]));
    starts.add(IpText.address(new byte[16]));
    for (Cidr network : networks) {
      starts.add(network.network());
      AddressRange.behind(network).ifPresent(starts::add);
    }
    return starts;
  }

  /** A time of every stretch between the ends of {@code windows}, from {@code now} on. */
  static Set<Instant> times(Collection<TimeWindow> windows, Instant now) {
    Instant end = now.plus(AHEAD);
    Set<Instant> starts = new LinkedHashSet<>();
    starts.add(now);
    for (TimeWindow window : windows) {
      if (window.equals(TimeWindow.ALWAYS)) {
        continue;
      }
      ZonedDateTime last = end.atZone(window.zone());
      LocalDate day = now.atZone(window.zone()).toLocalDate();
      for (; !day.isAfter(last.toLocalDate()); day = day.plusDays(1)) {
        for (int minute : List.of(window.start(), window.end())) {
          Instant at = day.atStartOfDay().plusMinutes(minute).atZone(window.zone()).toInstant();
          if (at.isAfter(now) && at.isBefore(end)) {
            starts.add(at);
          }
        }
      }
    }
    return starts;
  }

  /** A port of every stretch between the ends of {@code ports}. */
  static Set<Integer> ports(Collection<Ports> ports) {
    Set<Integer> starts = new LinkedHashSet<>();
    starts.add(Ports.MIN);
    for (Ports one : ports) {
      for (Ports.Range range : one.ranges()) {
        starts.add(range.first());
        Optional.of(range.last() + 1).filter(port -> port <= Ports.MAX).ifPresent(starts::add);
      }
    }
    return starts;
  }
}
