package dev.sallyport.connection;

import dev.sallyport.model.SafeText;
import dev.sallyport.model.User;
import dev.sallyport.policy.Rule;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What {@code ssh alice@bastion} says. */
final class Greeting {
  private Greeting() {}

  static String text(ClientConnection connection) {
    User user = connection.identity().user();
    String name = SafeText.escape(user.name(), 64);
    StringBuilder text = new StringBuilder("You are ").append(name);
    if (!user.groups().isEmpty()) {
      text.append(", in ")
          .append(SafeText.escape(String.join(", ", new TreeSet<>(user.groups())), 500));
    }
    text.append(". This is a bastion: nothing runs here, it leads to private servers.\n");
    List<Rule> rules =
        connection
            .services()
            .decisions()
            .rulesFor(user, connection.facts().source().getAddress(), Instant.now());
    if (rules.isEmpty()) {
      return text.append("No rule lets you go anywhere from where you are.\n").toString();
    }
    text.append("You may go to:\n");
    for (Rule rule : rules) {
      text.append("  ")
          .append(rule.to().stream().map(Object::toString).collect(Collectors.joining(", ")))
          .append(" (rule ")
          .append(SafeText.escape(rule.name(), 64))
          .append(")\n");
    }
    return text.append("For example: ssh -J ")
        .append(name)
        .append("@<this bastion> <login>@<private server>\n")
        .toString();
  }
}
