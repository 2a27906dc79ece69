package dev.sallyport.policy;

import dev.sallyport.spi.Cidr;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds rules that never decide, because earlier ones match every request that they match. Its
 * findings are certain but not complete: an earlier rule counts only if it is for all users,
 * sources and times of the later one.
 *
 * @param reachable the private networks: a request for an address outside is denied, whichever rule
 *     matches
 * @param groups members by group, as the configuration has them; plugins may add users to each
 */
public record Shadowing(List<Cidr> reachable, Map<String, Set<String>> groups) {
  /** Most earlier rules that are compared, so that a file of ten thousands is loaded in seconds. */
  private static final int MOST = 1000;

  public Shadowing {
    reachable = List.copyOf(reachable);
    groups = Map.copyOf(groups);
  }

  /**
   * The rules that together match every request that {@code rule} matches. Their second factor and
   * terms do not matter: the first rule that matches decides, be it by a denial.
   *
   * @param earlier those before it, in their order
   * @return empty when {@code rule} may decide something, or is for nobody at all
   */
  public List<Rule> of(Rule rule, List<Rule> earlier) {
    if (reachable.isEmpty() || isForNobody(rule)) {
      return List.of();
    }
    List<Rule> before =
        earlier.stream().limit(MOST).filter(one -> coversCallers(one, rule)).toList();
    return coverDestinations(before, rule) ? needed(before, rule) : List.of();
  }

  /**
   * Of rules that cover the destinations, those without which some would be left, in their order.
   */
  private List<Rule> needed(List<Rule> covering, Rule rule) {
    List<Rule> found = new ArrayList<>();
    List<Rule> before = covering;
    while (!coverDestinations(found, rule)) {
      int first = 1;
      int last = before.size();
      while (first < last) {
        int middle = (first + last) / 2;
        if (coverDestinations(joined(before.subList(0, middle), found), rule)) {
          last = middle;
        } else {
          first = middle + 1;
        }
      }
      found.addFirst(before.get(first - 1));
      before = before.subList(0, first - 1);
    }
    return List.copyOf(found);
  }

  private static List<Rule> joined(List<Rule> some, List<Rule> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private static boolean isForNobody(Rule rule) {
    return (rule.users().isEmpty() && rule.groups().isEmpty())
        || rule.source().isEmpty()
        || rule.time().isEmpty();
  }

  private boolean coversCallers(Rule one, Rule rule) {
    // Most rules restrict neither, so equal restrictions are looked for first.
    return coversUsers(one, rule)
        && (one.source().containsAll(rule.source())
            || rule.source().stream().allMatch(network -> Coverage.covers(one.source(), network)))
        && (one.time().contains(TimeWindow.ALWAYS)
            || one.time().containsAll(rule.time())
            || rule.time().stream().allMatch(window -> coverTime(one.time(), window)));
  }

  /** A group of the later rule must be one of the earlier, because plugins may add members. */
  private boolean coversUsers(Rule one, Rule rule) {
    if (one.users().contains(Rule.EVERYONE)) {
      return true;
    }
    return !rule.users().contains(Rule.EVERYONE)
        && one.groups().containsAll(rule.groups())
        && rule.users().stream().allMatch(user -> isNamed(one, user));
  }

  private boolean isNamed(Rule rule, String user) {
    return rule.users().contains(user)
        || rule.groups().stream()
            .anyMatch(group -> groups.getOrDefault(group, Set.of()).contains(user));
  }

  /**
   * By the minutes of the week on one clock; another zone's clock is compared only if it is 24/7.
   */
  private static boolean coverTime(List<TimeWindow> windows, TimeWindow wanted) {
    BitSet minutes = wanted.minutesOfWeek();
    for (ZoneRules clock : windows.stream().map(one -> one.zone().getRules()).distinct().toList()) {
      BitSet open = new BitSet();
      windows.stream()
          .filter(one -> one.zone().getRules().equals(clock))
          .forEach(one -> open.or(one.minutesOfWeek()));
      BitSet missing = (BitSet) minutes.clone();
      missing.andNot(open);
      if (open.cardinality() == TimeWindow.MINUTES_OF_WEEK
          || (missing.isEmpty() && wanted.zone().getRules().equals(clock))) {
        return true;
      }
    }
    return false;
  }

  private boolean coverDestinations(List<Rule> rules, Rule rule) {
    List<Destination> open = rules.stream().flatMap(one -> one.to().stream()).toList();
    return !rules.isEmpty() && rule.to().stream().allMatch(wanted -> cover(open, wanted));
  }

  private boolean cover(List<Destination> all, Destination wanted) {
    List<Destination> open = all.stream().filter(one -> mayShare(one, wanted)).toList();
    if (open.isEmpty()) {
      return isOutside(wanted);
    }
    for (int port : portsToLookAt(open, wanted.ports())) {
      List<Destination> there = open.stream().filter(one -> one.ports().contains(port)).toList();
      if (!coverOnOnePort(there, wanted)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a host may be in both, as far as that shows at once. */
  private static boolean mayShare(Destination one, Destination wanted) {
    return !(one instanceof Destination.NetworkDestination(Cidr network, Ports _)
        && wanted instanceof Destination.NetworkDestination(Cidr other, Ports _)
        && !network.overlaps(other));
  }

  private boolean isOutside(Destination wanted) {
    return wanted instanceof Destination.NetworkDestination(Cidr network, Ports _)
        && reachable.stream().noneMatch(network::overlaps);
  }

  /** The first port of each part of {@code wanted} within which {@code open} does not change. */
  private static Set<Integer> portsToLookAt(List<Destination> open, Ports wanted) {
    NavigableSet<Integer> edges = new TreeSet<>();
    for (Destination one : open) {
      for (Ports.Range range : one.ports().ranges()) {
        edges.add(range.first());
        edges.add(range.last() + 1);
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (Ports.Range range : wanted.ranges()) {
      ports.add(range.first());
      ports.addAll(edges.subSet(range.first(), true, range.last(), true));
    }
    return ports;
  }

  private boolean coverOnOnePort(List<Destination> open, Destination wanted) {
    Collection<Cidr> networks =
        open.stream()
            .filter(Destination.NetworkDestination.class::isInstance)
            .map(one -> ((Destination.NetworkDestination) one).network())
            .toList();
    return switch (wanted) {
      case Destination.NetworkDestination(Cidr network, Ports _) ->
          reachable.stream()
              .filter(network::overlaps)
              .map(other -> network.prefix() > other.prefix() ? network : other)
              .allMatch(part -> Coverage.covers(networks, part));
      case Destination.NameDestination(var name, Ports _) ->
          reachable.stream().allMatch(all -> Coverage.covers(networks, all))
              || open.stream()
                  .anyMatch(one ->
                      one instanceof Destination.NameDestination(var other, Ports _)
                          && other.equals(name));
    };
  }
}
