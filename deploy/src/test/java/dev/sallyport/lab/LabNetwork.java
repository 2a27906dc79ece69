package dev.sallyport.lab;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Network.Ipam;
import java.util.List;
import org.testcontainers.DockerClientFactory;

/**
 * One network of the laboratory. Docker chooses its IPv4 addresses, so that they collide with
 * nothing that the machine can reach.
 *
 * @param name as Docker knows it
 * @param id Docker's
 * @param subnets IPv4 first
 */
record LabNetwork(String name, String id, List<String> subnets) implements AutoCloseable {
  /** A network that leads out of the machine. */
  static LabNetwork open(String name) {
    return make(name, false, List.of());
  }

  /** A network that leads nowhere, with IPv6 too. */
  static LabNetwork internal(String name, String ipv6Subnet) {
    return make(name, true, List.of(ipv6Subnet));
  }

  private static LabNetwork make(String name, boolean internal, List<String> ipv6) {
    DockerClient docker = DockerClientFactory.instance().client();
    String full = "sallyport-lab-" + Images.CLONE + "-" + name;
    docker.listNetworksCmd().withNameFilter(full).exec().stream()
        .filter(left -> left.getName().equals(full))
        .forEach(left -> docker.removeNetworkCmd(left.getId()).exec());
    var create =
        docker.createNetworkCmd().withName(full).withDriver("bridge").withInternal(internal);
    if (!ipv6.isEmpty()) {
      create
          .withEnableIpv6(true)
          .withIpam(
              new Ipam()
                  .withConfig(
                      ipv6.stream().map(net -> new Ipam.Config().withSubnet(net)).toList()));
    }
    String id = create.exec().getId();
    List<String> subnets =
        docker.inspectNetworkCmd().withNetworkId(id).exec().getIpam().getConfig().stream()
            .map(Ipam.Config::getSubnet)
            .sorted((a, b) -> Boolean.compare(a.contains(":"), b.contains(":")))
            .toList();
    return new LabNetwork(full, id, subnets);
  }

  String ipv4Subnet() {
    return subnets.getFirst();
  }

  String ipv6Subnet() {
    return subnets.getLast();
  }

  @Override
  public void close() {
    DockerClientFactory.instance().client().removeNetworkCmd(id).exec();
  }
}
