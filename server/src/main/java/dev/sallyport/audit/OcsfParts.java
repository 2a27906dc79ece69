package dev.sallyport.audit;

import static dev.sallyport.audit.SafeJson.bounded;

import dev.sallyport.model.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import tools.jackson.databind.node.ObjectNode;

/** OCSF attributes that several kinds of events share. */
final class OcsfParts {
  static final int SUCCESS = 1;
  static final int FAILURE = 2;

  static final int INFORMATIONAL = 1;
  static final int LOW = 2;
  static final int MEDIUM = 3;
  static final int HIGH = 4;

  private OcsfParts() {}

  static void outcome(ObjectNode json, int severity, int status) {
    json.put("severity_id", severity);
    json.put("status_id", status);
  }

  static void putControl(ObjectNode json, boolean allowed) {
    json.put("action_id", allowed ? 1 : 2);
    json.put("disposition_id", allowed ? 1 : 2);
  }

  static void putRule(ObjectNode json, String type, String name) {
    json.putObject("firewall_rule").put("type", type).put("name", bounded(name));
  }

  static void putActor(ObjectNode json, String user) {
    json.putObject("actor").putObject("user").put("name", SafeJson.name(user));
  }

  static void putConnection(ObjectNode json, AuditEvent.Connection connection) {
    putEnds(json, connection);
    putInbound(json, connection.id().value());
  }

  /** The client's address, the load balancer's, and the local one. */
  static void putEnds(ObjectNode json, AuditEvent.Connection connection) {
    ObjectNode source = json.putObject("src_endpoint");
    putAddress(source, connection.source());
    connection
        .via()
        .ifPresent(balancer ->
            source.putArray("intermediate_ips").add(withoutScope(balancer.getAddress())));
    putAddress(json.putObject("dst_endpoint"), connection.local());
  }

  /** An address without a port. */
  static void putSource(ObjectNode endpoint, InetAddress address) {
    endpoint.put("ip", withoutScope(address));
  }

  /** OCSF calls a connection from outside to a service inside inbound. */
  static void putInbound(ObjectNode json, String uid) {
    json.putObject("connection_info")
        .put("uid", uid)
        .put("direction_id", 1)
        .put("protocol_name", "tcp");
  }

  /** The client, and the target as requested. */
  static void putTarget(ObjectNode json, InetSocketAddress source, Target asked) {
    putAddress(json.putObject("src_endpoint"), source);
    ObjectNode target = json.putObject("dst_endpoint");
    target.put("hostname", SafeJson.name(asked.host()));
    if (isAddress(asked.host())) {
      target.put("ip", asked.host());
    }
    long port = asked.port();
    if (port >= 0 && port <= 65535) {
      target.put("port", port);
    } else {
      json.withObject("unmapped").put("requested_port", port);
    }
  }

  /** The dialled address, which replaces the requested one. */
  static void putDialled(ObjectNode json, InetSocketAddress address) {
    putAddress(json.withObject("dst_endpoint"), address);
  }

  static void putAddress(ObjectNode endpoint, InetSocketAddress address) {
    if (address.isUnresolved()) {
      endpoint.put("hostname", bounded(address.getHostString()));
    } else {
      endpoint.put("ip", withoutScope(address.getAddress()));
    }
    endpoint.put("port", address.getPort());
  }

  static String withoutScope(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  /**
   * Whether the host is an address in canonical form. Spellings such as 010.1 and 0x7f.1 are names.
   */
  private static boolean isAddress(String host) {
    if (host.length() > 39 || host.indexOf('%') >= 0 || host.indexOf('[') >= 0) {
      return false;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      return host.indexOf(':') >= 0 || host.equals(address.getHostAddress());
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  static String shown(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : withoutScope(address.getAddress());
    return bounded((host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort());
  }
}
