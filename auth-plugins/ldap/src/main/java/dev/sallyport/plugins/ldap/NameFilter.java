package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A search filter (RFC 4515) in which a token stands for text that a stranger chose. The filter is
 * taken apart once, when it is configured; the text goes into values of equality assertions of the
 * parsed filter, which travel in binary. So nothing in it can be read as filter syntax.
 */
final class NameFilter {
  private final Filter filter;
  private final String token;

  private NameFilter(Filter filter, String token) {
    this.filter = filter;
    this.token = token;
  }

  /**
   * Reads a filter, or tells what is wrong with it.
   *
   * @param token such as {@code %u}; each entry that the filter matches must match by it
   */
  static Optional<NameFilter> parse(String text, String token, Consumer<String> fault) {
    Filter filter;
    try {
      filter = Filter.create(text);
    } catch (LDAPException malformed) {
      fault.accept("\"" + text + "\" is not a filter of RFC 4515, such as (uid=" + token + ")");
      return Optional.empty();
    }
    if (hasTokenElsewhere(filter, token)) {
      fault.accept(
          "\""
              + text
              + "\" has "
              + token
              + " where it is no value behind a '=': (uid="
              + token
              + ")");
      return Optional.empty();
    }
    if (!binds(filter, token)) {
      fault.accept(
          "\""
              + text
              + "\" matches entries whatever "
              + token
              + " is; it must be a value of each"
              + " alternative: (&(objectClass=person)(uid="
              + token
              + "))");
      return Optional.empty();
    }
    return Optional.of(new NameFilter(filter, token));
  }

  private static boolean hasTokenElsewhere(Filter filter, String token) {
    return switch (filter.getFilterType()) {
      case Filter.FILTER_TYPE_AND, Filter.FILTER_TYPE_OR ->
          Arrays.stream(filter.getComponents()).anyMatch(part -> hasTokenElsewhere(part, token));
      case Filter.FILTER_TYPE_EQUALITY -> filter.getAttributeName().contains(token);
      default -> filter.toString().contains(token);
    };
  }

  private static boolean binds(Filter filter, String token) {
    return switch (filter.getFilterType()) {
      case Filter.FILTER_TYPE_AND ->
          Arrays.stream(filter.getComponents()).anyMatch(part -> binds(part, token));
      case Filter.FILTER_TYPE_OR ->
          filter.getComponents().length > 0
              && Arrays.stream(filter.getComponents()).allMatch(part -> binds(part, token));
      case Filter.FILTER_TYPE_EQUALITY -> filter.getAssertionValue().contains(token);
      default -> false;
    };
  }

  /** The filter for this text. */
  Filter with(String text) {
    return with(filter, text);
  }

  private Filter with(Filter part, String text) {
    return switch (part.getFilterType()) {
      case Filter.FILTER_TYPE_AND -> Filter.createANDFilter(with(part.getComponents(), text));
      case Filter.FILTER_TYPE_OR -> Filter.createORFilter(with(part.getComponents(), text));
      case Filter.FILTER_TYPE_EQUALITY ->
          Filter.createEqualityFilter(
              part.getAttributeName(), part.getAssertionValue().replace(token, text));
      default -> part;
    };
  }

  private List<Filter> with(Filter[] parts, String text) {
    return Arrays.stream(parts).map(part -> with(part, text)).toList();
  }

  /** The attributes that the text is compared with. */
  Set<String> attributes() {
    Set<String> attributes = new LinkedHashSet<>();
    named(filter).forEach(part -> attributes.add(part.getAttributeName()));
    return attributes;
  }

  /**
   * Whether the entry has the text letter by letter. Directories compare names without regard to
   * case, to spaces and to some kinds of letters, and the bastion does not: to it, ALICE and alice
   * are two users, of whom only one is in its rules.
   */
  boolean isExactly(Entry entry, String text) {
    return named(filter).stream()
        .anyMatch(part -> {
          String[] values = entry.getAttributeValues(part.getAttributeName());
          String wanted = part.getAssertionValue().replace(token, text);
          return values != null && Arrays.asList(values).contains(wanted);
        });
  }

  private List<Filter> named(Filter part) {
    return switch (part.getFilterType()) {
      case Filter.FILTER_TYPE_AND, Filter.FILTER_TYPE_OR -> {
        List<Filter> found = new ArrayList<>();
        for (Filter component : part.getComponents()) {
          found.addAll(named(component));
        }
        yield found;
      }
      case Filter.FILTER_TYPE_EQUALITY ->
          part.getAssertionValue().contains(token) ? List.of(part) : List.of();
      default -> List.of();
    };
  }
}
