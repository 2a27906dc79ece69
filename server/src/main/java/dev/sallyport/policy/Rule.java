package dev.sallyport.policy;

import dev.sallyport.model.IpText;
import dev.sallyport.model.Terms;
import dev.sallyport.model.User;
import dev.sallyport.spi.Cidr;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * One line of policy. Each restriction that is empty matches nothing; what restricts nothing says
 * so ({@link #EVERYONE}, {@link #ANYWHERE}, {@link #ALWAYS}).
 *
 * @param name unique; what the audit log and {@code policy explain} call it
 * @param users names of users; {@link #EVERYONE} among them means everyone
 * @param groups names of groups; a user who is listed or is in one of the groups is meant
 * @param source where the client may come from
 * @param time when
 * @param to where to
 * @param mfa whether only a user who proved a second factor is let through; everybody else whom the
 *     rule is about is denied, and no later rule is asked
 * @param terms what is kept, and what comes with that
 */
public record Rule(
    String name,
    Set<String> users,
    Set<String> groups,
    List<Cidr> source,
    List<TimeWindow> time,
    List<Destination> to,
    boolean mfa,
    Terms terms) {
  /** In {@code users}: every authenticated user. */
  public static final String EVERYONE = "*";

  /** Every source address. */
  public static final List<Cidr> ANYWHERE =
      List.of(new Cidr(IpText.address(new byte[4]), 0), new Cidr(IpText.address(new byte[16]), 0));

  /** Every time. */
  public static final List<TimeWindow> ALWAYS = List.of(TimeWindow.ALWAYS);

  public Rule {
    users = Set.copyOf(users);
    groups = Set.copyOf(groups);
    source = List.copyOf(source);
    time = List.copyOf(time);
    to = List.copyOf(to);
  }

  /** Whether a rule is about a request, and if not, why not. */
  public enum Match {
    /** All of the rule matches. */
    MATCHES,
    /** The user is not listed, nor in a group that is. */
    OTHER_USER,
    /** The user is meant, but not from this source. */
    OTHER_SOURCE,
    /** The user and the source are meant, but not now. */
    OTHER_TIME,
    /** Only the destination is not meant. */
    OTHER_DESTINATION
  }

  /** Whether the rule decides {@code request}; the first part that does not match is named. */
  public Match match(Request request) {
    Match caller = matchCaller(request.user(), request.source(), request.at());
    if (caller != Match.MATCHES) {
      return caller;
    }
    return to.stream()
            .anyMatch(one -> one.matches(request.host(), request.address(), request.port()))
        ? Match.MATCHES
        : Match.OTHER_DESTINATION;
  }

  /** Whether the rule lets the user through, as far as the second factor is concerned. */
  public boolean isContentWith(User user) {
    return !mfa || user.secondFactor().isProven();
  }

  /** Whether the rule is for this user, whatever the source, the time and the destination. */
  public boolean isFor(User user) {
    return users.contains(EVERYONE)
        || users.contains(user.name())
        || !Collections.disjoint(groups, user.groups());
  }

  /** As {@link #match}, without the destination. */
  Match matchCaller(User user, InetAddress from, Instant at) {
    if (!isFor(user)) {
      return Match.OTHER_USER;
    }
    if (source.stream().noneMatch(network -> network.contains(from))) {
      return Match.OTHER_SOURCE;
    }
    return time.stream().anyMatch(window -> window.contains(at)) ? Match.MATCHES : Match.OTHER_TIME;
  }
}
