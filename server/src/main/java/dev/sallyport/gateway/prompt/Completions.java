package dev.sallyport.gateway.prompt;

import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.Terms;
import dev.sallyport.spi.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Completions of the word before the cursor: commands, and the destinations that the rules allow
 * this user.
 */
final class Completions {
  /**
   * A completion.
   *
   * @param text the whole word; characters that a shell and a terminal leave alone
   * @param whole whether the word is complete; a network or a login is only the beginning of one
   */
  record Candidate(String text, boolean whole) {}

  /** Characters of a candidate: no quotes, blanks or control characters. */
  private static final String PLAIN = "[A-Za-z0-9@%+=:,./_-]+";

  private final Supplier<PromptUser> user;

  /**
   * The destinations of one rule's gateway sessions: hosts and prefixes of hosts, for some logins.
   */
  private record Way(Set<String> logins, SortedMap<String, Candidate> places) {}

  /**
   * @param user called for each completion
   */
  Completions(Supplier<PromptUser> user) {
    this.user = user;
  }

  private static List<Way> ways(PromptUser user) {
    return user.reachable().stream().flatMap(one -> way(one).stream()).toList();
  }

  private static Optional<Way> way(Reachable one) {
    return switch (one.way()) {
      case Reachable.Way.Forward() -> Optional.empty();
      case Reachable.Way.Session(Set<String> logins) -> Optional.of(way(logins, one));
      case Reachable.Way.Gateway(Set<String> logins) -> Optional.of(way(logins, one));
    };
  }

  private static Way way(Set<String> logins, Reachable one) {
    SortedMap<String, Candidate> places = new TreeMap<>();
    one.destinations().forEach(text -> addPlace(places, text));
    return new Way(logins, places);
  }

  /**
   * The completions of the last word of {@code line}, in order. The word begins after the last
   * blank.
   *
   * @param line up to the cursor
   */
  List<Candidate> of(String line) {
    List<String> words = List.of(line.stripLeading().split("[ \t]+", -1));
    String last = words.getLast();
    SortedMap<String, Candidate> all = new TreeMap<>();
    if (words.size() == 1) {
      PromptCommand.names().forEach(name -> add(all, name, true));
    } else if (words.getFirst().equals("ssh")) {
      addSshWords(all, words);
    }
    return all.values().stream().filter(one -> one.text().startsWith(last)).toList();
  }

  private void addSshWords(SortedMap<String, Candidate> all, List<String> words) {
    List<Way> ways = ways(user.get());
    String before = words.get(words.size() - 2);
    String last = words.getLast();
    if (before.equals("-l")) {
      logins(ways).forEach(login -> add(all, login, true));
    } else if (!before.equals("-p") && !last.startsWith("-") && !hasHost(words)) {
      int at = last.lastIndexOf('@');
      if (at < 0) {
        logins(ways).forEach(login -> add(all, login + "@", false));
      }
      String login = last.substring(0, at + 1);
      for (Way way : ways) {
        if (at < 0 || allows(way, login.substring(0, at))) {
          way.places.values().forEach(place -> add(all, login + place.text(), place.whole()));
        }
      }
    }
  }

  /** Whether a host precedes the last word. */
  private static boolean hasHost(List<String> words) {
    return IntStream.range(1, words.size() - 1)
        .anyMatch(i ->
            !words.get(i).startsWith("-")
                && !words.get(i - 1).equals("-l")
                && !words.get(i - 1).equals("-p"));
  }

  private static Set<String> logins(List<Way> ways) {
    return ways.stream()
        .flatMap(way -> way.logins.stream())
        .filter(login -> !login.equals(Terms.Session.ANY_LOGIN))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean allows(Way way, String login) {
    return way.logins.contains(Terms.Session.ANY_LOGIN) || way.logins.contains(login);
  }

  private static void add(SortedMap<String, Candidate> all, String text, boolean whole) {
    if (text.matches(PLAIN)) {
      all.putIfAbsent(text, new Candidate(text, whole));
    }
  }

  private static void addPlace(SortedMap<String, Candidate> places, String destination) {
    String unconditional = destination.split(" ", 2)[0];
    String place = unconditional.substring(0, Math.max(unconditional.lastIndexOf(':'), 0));
    if (place.startsWith("[") && place.endsWith("]")) {
      place = place.substring(1, place.length() - 1);
    }
    if (IpText.network(place) instanceof Parsed.Valid<Cidr>(Cidr network)) {
      addNetwork(places, network);
    } else if (Host.parse(place) instanceof Parsed.Valid<Host>(Host host)) {
      add(places, host.text(), true);
    }
  }

  /** Adds the common prefix of a network's addresses, as far as it consists of whole numbers. */
  private static void addNetwork(SortedMap<String, Candidate> places, Cidr network) {
    InetAddress first = network.network();
    byte[] bytes = first.getAddress();
    if (network.isOneAddress()) {
      add(places, new Host.Address(first).text(), true);
    } else if (first instanceof Inet4Address) {
      add(
          places,
          IntStream.range(0, network.prefix() / 8)
              .mapToObj(i -> (bytes[i] & 0xff) + ".")
              .collect(Collectors.joining()),
          false);
    } else {
      add(
          places,
          IntStream.range(0, network.prefix() / 16)
              .mapToObj(i ->
                  Integer.toHexString(((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff))
                      + ":")
              .collect(Collectors.joining()),
          false);
    }
  }
}
