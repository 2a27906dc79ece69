package dev.sallyport.model;

/**
 * Why something is denied.
 *
 * @param reason for programs: the audit log, tests
 * @param text for the user: what happened, to what, and, if it helps, what to do; escaped, one
 *     line, no full stop
 */
public record Denial(Reason reason, String text) {
  /** Nothing new may begin. */
  public static final Denial STOPPING = new Denial(Reason.LIMIT, "the bastion is stopping");

  /** The kinds of denial. The audit log shows {@link #code()}. */
  public enum Reason {
    /** No rule matches user, source, time and destination. */
    NO_RULE,
    /** The address is not in {@code private-networks}. */
    NOT_PRIVATE,
    /** 127.0.0.0/8, ::1. */
    LOOPBACK("a loopback address"),
    /** 0.0.0.0/8, ::. */
    UNSPECIFIED("an unspecified address"),
    /** 169.254.0.0/16, fe80::/10. */
    LINK_LOCAL("a link-local address"),
    /** 224.0.0.0/4, ff00::/8. */
    MULTICAST("a multicast address"),
    /** 255.255.255.255. */
    BROADCAST("the broadcast address"),
    /** The cloud's metadata service. */
    METADATA_SERVICE("the cloud's metadata service"),
    /** One of the bastion's own addresses. */
    OWN_ADDRESS("the bastion itself"),
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

    private final String what;

    Reason() {
      this("");
    }

    Reason(String what) {
      this.what = what;
    }

    /**
     * What the address is, to end a sentence with; empty unless the denial is built in, so that
     * only {@code unsafe-networks} lifts it.
     */
    public String what() {
      return what;
    }

    /** Lower case with dashes, such as {@code no-rule}. */
    public String code() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
