package dev.sallyport.cli;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.audit.SafeJson;
import dev.sallyport.config.Configuration;
import dev.sallyport.model.Denial;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.model.Target;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.operations.FaultText;
import dev.sallyport.policy.Destination;
import dev.sallyport.policy.Ports;
import dev.sallyport.policy.Resolver;
import dev.sallyport.policy.Rule;
import dev.sallyport.policy.Ways;
import dev.sallyport.spi.Cidr;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who reaches a target, and where a user may go, as a list of ways. */
final class WayList {
  private static final int SHOWN = 128;
  private static final List<String> TITLES =
      List.of("WHO", "TO", "RULE", "FROM", "WHEN", "SECOND-FACTOR", "RECORD");

  private final Configuration configuration;
  private final Ways ways;
  private final Resolver resolver;
  private final PrintWriter err;

  /**
   * @param resolver asked for the addresses of names
   * @param err where it says what it leaves out, and why there is no way
   */
  WayList(Configuration configuration, Ways ways, Resolver resolver, PrintWriter err) {
    this.configuration = configuration;
    this.ways = ways;
    this.resolver = resolver;
    this.err = err;
  }

  /** Whom a way is for. */
  enum Kind {
    /** A user whom the file names. */
    USER,
    /** Users whom a plugin puts into a group. */
    GROUP,
    /** Users whom the file does not name, in no group. */
    OTHERS;

    /** As it is in JSON. */
    @JsonValue
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How somebody gets somewhere, and on which conditions; also what {@code --json} prints.
   *
   * @param who a user or a group; empty for others
   * @param to an address or a destination of the rule, with the port or ports
   * @param from networks of which the source must be in one
   * @param when windows of time, one of which must be open
   * @param record what the rule has recorded: {@code metadata} or {@code session}
   * @param logins as whom a user may log in to the target, if sessions are recorded
   */
  record Way(
      Kind kind,
      String who,
      String to,
      String rule,
      List<String> from,
      List<String> when,
      boolean secondFactor,
      String record,
      List<String> logins) {}

  private record Subject(Kind kind, User user, String name) {}

  /** By user, then group; the rules of each from top to bottom. */
  List<Way> to(Target target) {
    if (target.port() < Ports.MIN || target.port() > Ports.MAX) {
      return none(target.shown() + " has no port between " + Ports.MIN + " and " + Ports.MAX);
    }
    return switch (Host.parse(target.host())) {
      case Parsed.Malformed<Host>(String reason) ->
          none("the host of " + target.shown() + " " + reason);
      case Parsed.Valid<Host>(Host host) -> to(target, host);
    };
  }

  private List<Way> to(Target target, Host host) {
    int port = (int) target.port();
    List<Way> found = new ArrayList<>();
    List<InetAddress> addresses;
    try {
      addresses = addresses(host);
    } catch (UnknownHostException unknown) {
      return none(target.shown() + " does not resolve");
    }
    for (Subject subject : subjects()) {
      for (InetAddress address : addresses) {
        for (Rule rule : ways.to(new Ways.Spot(host, address, port), subject.user())) {
          found.add(way(subject, new Target(IpText.format(address), port).shown(), rule));
        }
      }
    }
    return found.isEmpty() ? none(nobody(target, addresses, port)) : found;
  }

  private String nobody(Target target, List<InetAddress> addresses, int port) {
    for (InetAddress address : addresses) {
      Cidr alone = new Cidr(address, address.getAddress().length * Byte.SIZE);
      var never =
          configuration
              .policy()
              .whyNever(new Destination.NetworkDestination(alone, Ports.of(port, port)));
      if (never.isPresent()) {
        return never.map(Denial::text).orElseThrow();
      }
    }
    return "no rule lets anybody reach " + target.shown();
  }

  /** The rules of the user from top to bottom, the destinations of each as they are written. */
  List<Way> of(User user) {
    Subject subject = new Subject(Kind.USER, user, user.name());
    List<Way> found = new ArrayList<>();
    try {
      for (Rule rule : ways.about(user)) {
        for (Destination to : rule.to()) {
          if (ways.leads(rule, to, resolved(to, rule), user)) {
            found.add(way(subject, to.toString(), rule));
          }
        }
      }
    } catch (SocketException broken) {
      return none("the addresses of this machine cannot be read: " + FaultText.of(broken));
    }
    return found.isEmpty()
        ? none("no rule lets " + SafeText.escape(user.name(), SHOWN) + " anywhere")
        : found;
  }

  private List<InetAddress> resolved(Destination to, Rule rule) {
    return switch (to) {
      case Destination.NetworkDestination _ -> List.of();
      case Destination.NameDestination(Host.Name name, Ports _) -> {
        try {
          yield addresses(name);
        } catch (UnknownHostException unknown) {
          err.println(
              "warning: %s does not resolve, so rule %s does not match it now"
                  .formatted(name.text(), rule.name()));
          yield List.of();
        }
      }
    };
  }

  private List<InetAddress> addresses(Host host) throws UnknownHostException {
    return switch (host) {
      case Host.Address(InetAddress address) -> List.of(address);
      case Host.Name name -> resolver.resolve(name).stream().map(IpText::unmapped).toList();
    };
  }

  private List<Way> none(String why) {
    err.println("sallyport: " + why);
    return List.of();
  }

  /** The file's users, then the groups that plugins may add users to, then everybody else. */
  private List<Subject> subjects() {
    Set<String> users = new TreeSet<>();
    Set<String> groups = new TreeSet<>();
    for (Rule rule : configuration.policy().rules()) {
      users.addAll(rule.users());
      groups.addAll(rule.groups());
    }
    configuration.groups().values().forEach(users::addAll);
    users.remove(Rule.EVERYONE);
    List<Subject> subjects = new ArrayList<>();
    for (String user : users) {
      subjects.add(new Subject(Kind.USER, configuration.user(user, Set.of()), user));
    }
    // No user has the empty name.
    for (String group : groups) {
      subjects.add(new Subject(Kind.GROUP, User.of("", Set.of(group), Map.of()), group));
    }
    subjects.add(new Subject(Kind.OTHERS, User.of("", Set.of(), Map.of()), ""));
    return subjects;
  }

  private static Way way(Subject subject, String to, Rule rule) {
    return new Way(
        subject.kind(),
        SafeJson.bounded(subject.name()),
        to,
        rule.name(),
        rule.source().stream().map(Cidr::toString).toList(),
        rule.time().stream().map(Object::toString).toList(),
        rule.mfa(),
        switch (rule.terms()) {
          case Terms.Metadata() -> "metadata";
          case Terms.Session _ -> "session";
        },
        switch (rule.terms()) {
          case Terms.Metadata() -> List.of();
          case Terms.Session session -> session.logins().stream().sorted().toList();
        });
  }

  static void print(List<Way> found, boolean json, PrintWriter out) {
    if (json) {
      found.forEach(way -> out.println(Json.line(way)));
    } else {
      Table.print(out, TITLES, found.stream().map(WayList::cells).toList());
    }
  }

  private static List<String> cells(Way way) {
    String name = SafeText.escape(way.who(), SHOWN);
    return List.of(
        switch (way.kind()) {
          case USER -> name;
          case GROUP -> "members of " + name;
          case OTHERS -> "everybody else";
        },
        way.to(),
        way.rule(),
        any(way.from(), Rule.ANYWHERE.stream().map(Cidr::toString).toList()),
        any(way.when(), Rule.ALWAYS.stream().map(Object::toString).toList()),
        way.secondFactor() ? "needed" : "no",
        way.record() + (way.logins().isEmpty() ? "" : " as " + shown(way.logins())));
  }

  private static String any(List<String> written, List<String> all) {
    return written.equals(all) ? "any" : shown(written);
  }

  private static String shown(List<String> words) {
    return SafeText.escape(String.join(", ", words), 10 * SHOWN);
  }
}
