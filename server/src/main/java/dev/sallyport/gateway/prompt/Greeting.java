package dev.sallyport.gateway.prompt;

/** What {@code ssh alice@bastion} says. */
public final class Greeting {
  private Greeting() {}

  /** To a client without a terminal: who they are, and where they may go. Escaped; lines. */
  public static String text(PromptUser user) {
    StringBuilder text = new StringBuilder(opening(user));
    if (user.reachable().isEmpty()) {
      return text.append(NOWHERE).toString();
    }
    text.append("You may go to:\n");
    for (Reachable one : user.reachable()) {
      text.append("  ")
          .append(one.shownDestinations())
          .append(" (rule ")
          .append(one.shownRule())
          .append(")\n");
    }
    return text.append("For example: ssh -J ")
        .append(user.shownName())
        .append("@<this bastion> <login>@<private server>\n")
        .toString();
  }

  /** No rule leads anywhere. */
  static final String NOWHERE = "No rule lets you go anywhere from where you are.\n";

  /** Who the user is, and what a bastion is. */
  static String opening(PromptUser user) {
    return "You are "
        + user.shown()
        + ". This is a bastion: nothing runs here, it leads to private servers.\n";
  }
}
