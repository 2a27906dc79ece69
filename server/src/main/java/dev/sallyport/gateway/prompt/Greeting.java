package dev.sallyport.gateway.prompt;

/** The text that {@code ssh alice@bastion} shows. */
public final class Greeting {
  private Greeting() {}

  /**
   * The lines for a client without a terminal: the user's name, and the destinations that the user
   * may reach. Escaped.
   */
  public static String text(PromptUser user) {
    StringBuilder text = new StringBuilder(opening(user));
    if (user.reachable().isEmpty()) {
      return text.append(user.nowhere()).toString();
    }
    text.append("You may go to:\n");
    for (Reachable one : user.reachable()) {
      text.append("  ")
          .append(one.shownDestinations())
          .append(" (rule ")
          .append(one.shownRule())
          .append(")\n");
    }
    return text.append(user.shownNarrowing())
        .append("For example: ")
        .append(example(user))
        .append(" <login>@<private server>\n")
        .toString();
  }

  private static String example(PromptUser user) {
    String bastion = user.shownName() + "@<this bastion>";
    return user.reachable().stream().allMatch(one -> one.way() instanceof Reachable.Way.Gateway)
        ? "ssh " + bastion + " ssh"
        : "ssh -J " + bastion;
  }

  /** The user's name, and what a bastion is. */
  static String opening(PromptUser user) {
    return "You are "
        + user.shown()
        + ". This is a bastion: it runs no commands and connects you to private servers.\n";
  }
}
