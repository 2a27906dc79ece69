package dev.sallyport.policy;

import dev.sallyport.model.Denial;
import dev.sallyport.model.Denial.Reason;
import dev.sallyport.model.Host;
import dev.sallyport.model.User;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules and networks that decide which addresses users may reach. Immutable.
 *
 * @param privateNetworks the allow-list: nothing outside is ever dialled
 * @param unsafeNetworks exceptions to the built-in denials ({@link BuiltInDenials})
 * @param ownAddresses the bastion's addresses that are on none of its interfaces, such as a public
 *     address that the cloud translates
 * @param rules from top to bottom
 */
public record Policy(
    List<Cidr> privateNetworks,
    List<Cidr> unsafeNetworks,
    Set<InetAddress> ownAddresses,
    List<Rule> rules) {
  public Policy {
    privateNetworks = List.copyOf(privateNetworks);
    unsafeNetworks = List.copyOf(unsafeNetworks);
    ownAddresses = Set.copyOf(ownAddresses);
    rules = List.copyOf(rules);
  }

  /**
   * Decides on one address. The built-in denials are evaluated first, then the rules, then the
   * private networks and the rule's demands on the login, so that a denial has the most informative
   * reason. All of them must allow it.
   *
   * @param interfaceAddresses the addresses of the bastion's interfaces at this time
   */
  public AddressDecision decide(Request request, Set<InetAddress> interfaceAddresses) {
    Optional<AddressDecision.Denied> builtIn =
        new BuiltInDenials(unsafeNetworks, List.of(ownAddresses, interfaceAddresses))
            .of(request.address());
    if (builtIn.isPresent()) {
      return builtIn.get();
    }
    Optional<Rule> rule =
        rules.stream().filter(one -> one.match(request) == Rule.Match.MATCHES).findFirst();
    if (rule.isEmpty()) {
      return new AddressDecision.Denied(Reason.NO_RULE, request.address());
    }
    if (privateNetworks.stream().noneMatch(network -> network.contains(request.address()))) {
      return new AddressDecision.Denied(Reason.NOT_PRIVATE, request.address());
    }
    // Denied, and not "no match": a later rule must not admit a user who lacks what this one
    // demands.
    if (!rule.get().isContentWith(request.user())) {
      return new AddressDecision.Denied(Reason.SECOND_FACTOR, request.address());
    }
    return new AddressDecision.Allowed(rule.get());
  }

  /**
   * Why no rule can allow any user to reach a destination; empty when one could. Addresses of the
   * bastion's interfaces are not considered, because they may change.
   */
  public Optional<Denial> whyNever(Destination destination) {
    return switch (destination) {
      case Destination.NameDestination unresolved -> Optional.empty();
      case Destination.NetworkDestination(Cidr network, var ports) ->
          whyNever(network).map(reason -> DenialText.ofEverybody(reason, destination));
    };
  }

  private Optional<Reason> whyNever(Cidr network) {
    BuiltInDenials builtIn = new BuiltInDenials(unsafeNetworks, List.of(ownAddresses));
    List<Optional<Reason>> parts =
        privateNetworks.stream()
            .filter(network::overlaps)
            .map(other -> builtIn.ofAll(network.prefix() > other.prefix() ? network : other))
            .toList();
    if (parts.isEmpty()) {
      return Optional.of(Reason.NOT_PRIVATE);
    }
    return parts.stream().allMatch(Optional::isPresent) ? parts.getFirst() : Optional.empty();
  }

  /**
   * Why no rule can allow {@code name} on {@code port} to this caller, whatever address it resolves
   * to; empty when one could. When none could, the name must not be resolved: the answer would tell
   * the caller which internal names there are.
   */
  Optional<Reason> whyNever(User user, InetAddress source, Instant at, Host.Name name, int port) {
    List<Rule> about =
        rules.stream()
            .filter(rule -> rule.matchCaller(user, source, at) == Rule.Match.MATCHES)
            .filter(rule -> rule.to().stream().anyMatch(one -> one.couldMatch(name, port)))
            .toList();
    if (about.isEmpty()) {
      return Optional.of(Reason.NO_RULE);
    }
    return about.stream().anyMatch(rule -> rule.isContentWith(user))
        ? Optional.empty()
        : Optional.of(Reason.SECOND_FACTOR);
  }
}
