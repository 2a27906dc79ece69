package dev.sallyport.config;

import dev.sallyport.auth.ConfiguredPlugin;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.model.SafeText;
import dev.sallyport.spi.Cidr;
import dev.sallyport.spi.NetworkSource;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code sallyport.private-networks} and {@code own-addresses}: the values as written, and the
 * networks that plugins give for names.
 */
final class NetworksBlock {
  private static final String PRIVATE = "private-networks";
  private static final int SHOWN = 500;

  private final Block block;
  private final List<ConfiguredPlugin> plugins;
  private final Outside outside;

  /** The meaning of one entry. */
  private sealed interface Entry {
    record Network(Cidr network) implements Entry {}

    record Named(NetworkSource source) implements Entry {}
  }

  /**
   * The parsed networks.
   *
   * @param known the private networks; empty if some of them are unknown
   */
  record Networks(
      NetworkSettings written,
      List<Cidr> privateNetworks,
      Set<InetAddress> ownAddresses,
      Optional<List<Cidr>> known) {}

  /** The answer of a plugin. */
  private record Told(List<Cidr> networks, Set<InetAddress> addresses) {}

  NetworksBlock(Block block, List<ConfiguredPlugin> plugins, Outside outside) {
    this.block = block;
    this.plugins = List.copyOf(plugins);
    this.outside = outside;
  }

  /**
   * Requires the key. Called before the plugins are opened, so that errors are in the file's order.
   */
  static void require(Block block) {
    if (!block.has(PRIVATE)) {
      block.error(
          PRIVATE,
          "is missing: the networks outside of which nothing is ever dialled,"
              + " such as [\"10.0.0.0/16\"]");
    }
  }

  Networks read() {
    List<Entry> entries = block.parsedOneOrMore(PRIVATE, this::entry);
    List<InetAddress> written = block.parsedList("own-addresses", NetworksBlock::address);
    Set<Cidr> networks = new LinkedHashSet<>();
    Set<InetAddress> own = new LinkedHashSet<>(written);
    boolean complete = !entries.isEmpty() || block.isEmptyList(PRIVATE);
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Network(Cidr network) -> networks.add(network);
        case Entry.Named(NetworkSource source) -> {
          Optional<Told> told = ask(source);
          told.ifPresent(one -> {
            networks.addAll(one.networks());
            own.addAll(one.addresses());
          });
          complete &= told.isPresent();
        }
      }
    }
    WideNetworks.of(networks).forEach(warning -> block.warn(PRIVATE, warning));
    return new Networks(
        new NetworkSettings(
            entries.stream().map(NetworksBlock::text).toList(), Set.copyOf(written)),
        List.copyOf(networks),
        Set.copyOf(own),
        complete ? Optional.of(List.copyOf(networks)) : Optional.empty());
  }

  private Parsed<Entry> entry(String text) {
    Optional<NetworkSource> source =
        plugins.stream()
            .flatMap(one -> one.plugin().networkSource().stream())
            .filter(one -> one.name().equals(text))
            .findFirst();
    if (source.isPresent()) {
      return new Parsed.Valid<>(new Entry.Named(source.get()));
    }
    if (text.matches("[a-z][a-z0-9-]*")) {
      return new Parsed.Malformed<>(
          "is not a network, and no plugin in auth.plugins provides it;"
              + " \"vpc\" needs { type = ec2 }");
    }
    return switch (IpText.network(text)) {
      case Parsed.Valid<Cidr>(Cidr network) -> new Parsed.Valid<>(new Entry.Network(network));
      case Parsed.Malformed<Cidr> malformed -> malformed.as();
    };
  }

  private static String text(Entry entry) {
    return switch (entry) {
      case Entry.Network(Cidr network) -> network.toString();
      case Entry.Named(NetworkSource source) -> source.name();
    };
  }

  private Optional<Told> ask(NetworkSource source) {
    return switch (outside) {
      case LEFT -> Optional.empty();
      case TRIED, ASKED, AWAITED -> answerOf(source);
    };
  }

  private Optional<Told> answerOf(NetworkSource source) {
    try {
      return checked(source.networks(outside.patience()));
    } catch (IOException e) {
      unanswered(source, SafeText.escape(String.valueOf(e.getMessage()), SHOWN));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      unanswered(source, "the wait for an answer was interrupted");
    } catch (RuntimeException | LinkageError bug) {
      unanswered(source, "the plugin failed: " + SafeText.escape(bug.toString(), SHOWN));
    }
    return Optional.empty();
  }

  private void unanswered(NetworkSource source, String why) {
    String what = "\"" + source.name() + "\" is not known now: " + why;
    if (outside == Outside.TRIED) {
      block.warn(PRIVATE, what + "; on such a machine the server does not start");
    } else {
      block.unanswered(PRIVATE, what + "; write the networks themselves to do without");
    }
  }

  private Optional<Told> checked(NetworkSource.Networks told) {
    List<Cidr> networks = new ArrayList<>();
    for (String text : told.privateNetworks()) {
      switch (IpText.network(text)) {
        case Parsed.Valid<Cidr>(Cidr network) -> networks.add(network);
        case Parsed.Malformed<Cidr>(String reason) -> {
          block.unanswered(PRIVATE, "was told " + Block.shown(text) + ", which " + reason);
          return Optional.empty();
        }
      }
    }
    return Optional.of(new Told(networks, told.ownAddresses()));
  }

  private static Parsed<InetAddress> address(String text) {
    return IpText.parse(text)
        .<Parsed<InetAddress>>map(Parsed.Valid::new)
        .orElseGet(() -> new Parsed.Malformed<>("is not an address: write 203.0.113.5 or fd00::5"));
  }
}
