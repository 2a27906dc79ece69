package dev.sallyport.model;

/**
 * Why something is denied.
 *
 * @param reason for programs: the audit log, tests
 * @param text for the user: what happened, to what, and, if it helps, what to do; escaped, one
 *     line, no full stop
 */
public record Denial(Reason reason, String text) {
  /** The kinds of denial. The audit log shows {@link #code()}. */
  public enum Reason {
    /** No rule matches user, source, time and destination. */
    NO_RULE,
    /** The address is not in {@code private-networks}. */
    NOT_PRIVATE,
    /** 127.0.0.0/8, ::1. */
    LOOPBACK,
    /** 0.0.0.0/8, ::. */
    UNSPECIFIED,
    /** 169.254.0.0/16, fe80::/10. */
    LINK_LOCAL,
    /** 224.0.0.0/4, ff00::/8. */
    MULTICAST,
    /** 255.255.255.255. */
    BROADCAST,
    /** The cloud's metadata service. */
    METADATA_SERVICE,
    /** One of the bastion's own addresses. */
    OWN_ADDRESS,
    /** The host is neither an address nor a name, or the port is out of range. */
    MALFORMED_TARGET,
    /** The name does not resolve, or not in time. */
    UNRESOLVED,
    /** The rule demands a second factor, and the login had none. */
    SECOND_FACTOR,
    /** The key or another source of the identity does not allow it. */
    RESTRICTED,
    /** A limit of the configuration is reached. */
    LIMIT,
    /** The audit log cannot be written. */
    NO_RECORD;

    /** Lower case with dashes, such as {@code no-rule}. */
    public String code() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
