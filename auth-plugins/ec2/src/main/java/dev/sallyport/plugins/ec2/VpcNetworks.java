package dev.sallyport.plugins.ec2;

import dev.sallyport.spi.Cidr;
import dev.sallyport.spi.NetworkSource;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The networks of the VPC that each of the instance's interfaces is in, and their addresses. */
final class VpcNetworks implements NetworkSource {
  /** All requests of one attempt together. */
  static final Duration ATTEMPT = Duration.ofSeconds(5);

  /** From one attempt to the next. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Most interfaces; the largest instances have 60. */
  private static final int MOST_INTERFACES = 64;

  /** Most addresses or networks of one interface; each interface has at most 50 of each. */
  private static final int MOST_LINES = 256;

  private static final int LARGEST = 16 * 1024;

  /**
   * The widest network that a VPC can have (Amazon VPC User Guide, "VPC CIDR blocks"). A service
   * that lies cannot open the internet.
   */
  private static final int WIDEST_IPV4 = 16;

  private static final int WIDEST_IPV6 = 44;

  private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(?::[0-9a-f]{2}){5}");
  private static final String INTERFACES = "meta-data/network/interfaces/macs/";

  private final MetadataClient metadata;

  VpcNetworks(MetadataClient metadata) {
    this.metadata = metadata;
  }

  @Override
  public String name() {
    return "vpc";
  }

  @Override
  public Networks networks(Duration patience) throws IOException, InterruptedException {
    Deadline end = Deadline.in(patience);
    while (true) {
      try {
        return ask(Deadline.in(ATTEMPT));
      } catch (MetadataException e) {
        if (end.isOver()) {
          throw new IOException(
              "the instance metadata service at " + metadata.endpoint() + " " + e.getMessage(), e);
        }
        Thread.sleep(end.left(PAUSE));
      }
    }
  }

  private Networks ask(Deadline deadline) throws MetadataException, InterruptedException {
    Set<String> networks = new HashSet<>();
    Set<InetAddress> own = new HashSet<>();
    List<String> macs = lines(INTERFACES, deadline);
    if (macs.isEmpty() || macs.size() > MOST_INTERFACES) {
      throw new MetadataException("names no network interface, or too many");
    }
    for (String line : macs) {
      String mac = line.endsWith("/") ? line.substring(0, line.length() - 1) : line;
      if (!MAC.matcher(mac).matches()) {
        throw new MetadataException("names a network interface by an invalid address");
      }
      String path = INTERFACES + mac + "/";
      for (String blocks : List.of("vpc-ipv4-cidr-blocks", "vpc-ipv6-cidr-blocks")) {
        for (String block : lines(path + blocks, deadline)) {
          networks.add(checked(block));
        }
      }
      for (String addresses : List.of("local-ipv4s", "public-ipv4s", "ipv6s")) {
        for (String address : lines(path + addresses, deadline)) {
          own.add(address(address));
        }
      }
    }
    if (networks.isEmpty()) {
      throw new MetadataException("names no network of the VPC");
    }
    return new Networks(networks, own);
  }

  private List<String> lines(String path, Deadline deadline)
      throws MetadataException, InterruptedException {
    return switch (metadata.get(path, LARGEST, deadline)) {
      case Reply.Missing() -> List.of();
      case Reply.Found found -> {
        List<String> lines = found.lines();
        if (lines.size() > MOST_LINES) {
          throw new MetadataException("names too many addresses of one network interface");
        }
        yield lines;
      }
    };
  }

  private static String checked(String block) throws MetadataException {
    Cidr network = network(block);
    if (network.prefix()
        >= (network.network() instanceof Inet4Address ? WIDEST_IPV4 : WIDEST_IPV6)) {
      return block;
    }
    throw new MetadataException("names a network that is wider than a VPC can be");
  }

  private static Cidr network(String block) throws MetadataException {
    try {
      return Cidr.parse(block);
    } catch (IllegalArgumentException e) {
      throw new MetadataException("names an invalid network of the VPC", e);
    }
  }

  private static InetAddress address(String text) throws MetadataException {
    Cidr network = network(text);
    if (network.isOneAddress()) {
      return network.network();
    }
    throw new MetadataException("names an invalid address of this instance");
  }
}
