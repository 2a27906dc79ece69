package dev.sallyport.policy;

import dev.sallyport.model.Decision;
import dev.sallyport.model.Grant;
import dev.sallyport.model.Host;
import dev.sallyport.model.IpText;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.model.Target;
import dev.sallyport.model.User;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds by which rules users may get where, when not everything is known: where they come from, at
 * what time, with a second factor or without. Decides nothing itself: it asks the {@link
 * DecisionPoint} about an example of everything that is left open, so that a rule that never
 * decides because of earlier ones is no way. For operators, and for one thread; the work grows with
 * the number of users, rules and windows of time.
 */
public final class Ways {
  private final Policy policy;
  private final OwnAddresses own;
  private final DecisionPoint decisions;
  private final Optional<InetAddress> source;
  private final Optional<Instant> at;
  private final Instant now;

  /**
   * @param own the addresses of the bastion's interfaces, which nobody reaches
   * @param source where users come from; from anywhere unless given
   * @param at when; at any time of the seven days from {@code now} on unless given
   */
  public Ways(
      Policy policy,
      OwnAddresses own,
      Optional<InetAddress> source,
      Optional<Instant> at,
      Instant now) {
    this.policy = policy;
    this.own = own;
    this.decisions =
        new DecisionPoint(
            policy,
            own,
            name -> {
              throw new IllegalStateException("addresses are given");
            });
    this.source = source;
    this.at = at;
    this.now = now;
  }

  /**
   * An address to reach, and how a user asked for it.
   *
   * @param host what the user asked for
   * @param address what {@code host} is, or resolved to
   * @param port from {@link Ports#MIN} to {@link Ports#MAX}
   */
  public record Spot(Host host, InetAddress address, int port) {
    private boolean isIn(Rule rule) {
      return rule.to().stream().anyMatch(to -> to.matches(host, address, port));
    }
  }

  /** The rules that are about a user, from whatever source, at whatever time, top to bottom. */
  public List<Rule> about(User user) {
    return policy.rules().stream().filter(rule -> rule.isFor(user)).toList();
  }

  /**
   * The rules by which {@code user}, with a second factor, is let to {@code spot} from some source
   * at some time, top to bottom. Without a second factor those remain that do not demand one.
   */
  public List<Rule> to(Spot spot, User user) {
    List<Rule> candidates = about(user).stream().filter(spot::isIn).toList();
    Set<String> found = search(List.of(spot), user, candidates);
    return candidates.stream().filter(rule -> found.contains(rule.name())).toList();
  }

  /**
   * Whether {@code rule} lets {@code user}, with a second factor, to some part of one of its
   * destinations from some source at some time.
   *
   * @param resolved the addresses of a destination that is a name
   * @throws SocketException when the bastion's own addresses cannot be read
   */
  public boolean leads(
      Rule rule, Destination destination, Collection<InetAddress> resolved, User user)
      throws SocketException {
    List<Rule> about = about(user);
    Set<Integer> ports =
        OpenQuestions.ports(
            about.stream().flatMap(one -> one.to().stream()).map(Destination::ports).toList());
    List<Spot> spots = new ArrayList<>();
    for (Spot spot : spots(destination, resolved, about)) {
      for (int port : ports) {
        if (destination.matches(spot.host(), spot.address(), port)) {
          spots.add(new Spot(spot.host(), spot.address(), port));
        }
      }
    }
    return !search(spots, user, List.of(rule)).isEmpty();
  }

  /** With the lowest port there is. */
  private List<Spot> spots(
      Destination destination, Collection<InetAddress> resolved, List<Rule> about)
      throws SocketException {
    return switch (destination) {
      case Destination.NameDestination(Host.Name name, Ports _) ->
          resolved.stream().map(address -> new Spot(name, address, Ports.MIN)).toList();
      case Destination.NetworkDestination(Cidr network, Ports _) ->
          OpenQuestions.addresses(edges(about)).stream()
              .filter(network::contains)
              .map(address -> new Spot(new Host.Address(address), address, Ports.MIN))
              .toList();
    };
  }

  /** All networks that an address is compared with. */
  private List<Cidr> edges(List<Rule> about) throws SocketException {
    List<Cidr> edges = new ArrayList<>(policy.privateNetworks());
    edges.addAll(policy.unsafeNetworks());
    edges.addAll(BuiltInDenials.networks());
    policy.ownAddresses().forEach(address -> edges.add(single(address)));
    own.addresses().forEach(address -> edges.add(single(address)));
    for (Rule rule : about) {
      for (Destination to : rule.to()) {
        if (to instanceof Destination.NetworkDestination(Cidr network, Ports _)) {
          edges.add(network);
        }
      }
    }
    return edges;
  }

  private static Cidr single(InetAddress address) {
    InetAddress plain = IpText.unmapped(address);
    return new Cidr(plain, plain.getAddress().length * Byte.SIZE);
  }

  /** The names of those {@code wanted} by which a spot is reached; stops when all are found. */
  private Set<String> search(Collection<Spot> spots, User user, List<Rule> wanted) {
    Set<String> names = wanted.stream().map(Rule::name).collect(Collectors.toSet());
    List<Rule> about = about(user);
    Set<InetAddress> sources =
        source
            .map(Set::of)
            .orElseGet(() ->
                OpenQuestions.addresses(
                    about.stream().flatMap(rule -> rule.source().stream()).toList()));
    Set<Instant> times =
        at.map(Set::of)
            .orElseGet(() ->
                OpenQuestions.times(
                    about.stream().flatMap(rule -> rule.time().stream()).toList(), now));
    User proven = user.with(new SecondFactor.Answered("any", ""));
    Set<String> found = new HashSet<>();
    for (Spot spot : spots) {
      Target target = new Target(spot.host().text(), spot.port());
      for (InetAddress from : sources) {
        for (Instant time : times) {
          if (found.containsAll(names)) {
            return found;
          }
          if (decisions.decideAgain(proven, from, time, target, spot.address())
              instanceof Decision.Granted(Grant grant)) {
            grant.candidates().stream()
                .map(Grant.Candidate::rule)
                .filter(names::contains)
                .forEach(found::add);
          }
        }
      }
    }
    return found;
  }
}
