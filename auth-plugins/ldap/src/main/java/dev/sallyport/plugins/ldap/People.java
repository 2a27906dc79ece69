package dev.sallyport.plugins.ldap;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import dev.sallyport.plugins.asking.NoAnswerException;
import dev.sallyport.spi.Known;
import dev.sallyport.spi.Verdict;
import dev.sallyport.support.keys.KeyLineParser;
import dev.sallyport.support.keys.KeyList;
import dev.sallyport.support.keys.KeyOwner;
import dev.sallyport.support.keys.UserName;
import dev.sallyport.support.reports.Fault;
import dev.sallyport.support.reports.FaultLog;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the entry of a user, its keys and its groups, over a connection that is given. */
final class People {
  /** One more than there may be, to see that there are too many. */
  private static final int MOST_ENTRIES = 2;

  /**
   * Most groups of a user. Beyond it nothing is guessed: without one of its groups a user could
   * come under another rule, with less recorded.
   */
  private static final int MOST_GROUPS = 1000;

  /** How long a server may work on a search, in seconds: it forgets those we gave up. */
  private static final int SERVER_SECONDS = 10;

  private final DN base;
  private final NameFilter filter;
  private final String keyAttribute;
  private final Groups groups;
  private final FaultLog faults;
  private final KeyLineParser parser;

  People(
      DN base,
      NameFilter filter,
      String keyAttribute,
      Groups groups,
      FaultLog faults,
      KeyLineParser parser) {
    this.base = base;
    this.filter = filter;
    this.keyAttribute = keyAttribute;
    this.groups = groups;
    this.faults = faults;
    this.parser = parser;
  }

  /**
   * What the directory says of a user's key. Groups are looked for only where the key is the
   * user's: a second search would tell strangers by its time who exists.
   *
   * @throws LDAPException when the server did not answer, or with an error
   * @throws NoAnswerException when it answered what cannot be used
   */
  Verdict verdict(LDAPConnection connection, Question question)
      throws LDAPException, NoAnswerException {
    String user = question.user().text();
    List<SearchResultEntry> entries =
        search(connection, base, filter.with(user), MOST_ENTRIES, attributes());
    if (entries.isEmpty()) {
      return new Verdict.Unclaimed();
    }
    SearchResultEntry entry = entries.getFirst();
    if (entries.size() > 1) {
      tell(entry, "is not the only entry that the filter finds; none of them can log in");
      return new Verdict.Unclaimed();
    }
    tell(entry);
    if (!filter.isExactly(entry, user)) {
      return new Verdict.Unclaimed();
    }
    return switch (keys(entry)
        .verdict(question.key(), question.user())
        .orElseGet(Verdict.Unclaimed::new)) {
      case Verdict.Accepted accepted ->
          new Verdict.Accepted(
              accepted.user(),
              groups(connection, entry, user),
              accepted.label(),
              accepted.restrictions());
      case Verdict.Refused refused -> refused;
      case Verdict.Unclaimed unclaimed -> unclaimed;
    };
  }

  /**
   * The user's entry, its keys and groups, for operators.
   *
   * @throws LDAPException when the server did not answer, or with an error
   * @throws NoAnswerException when it answered what cannot be used
   */
  List<Known> known(LDAPConnection connection, UserName user)
      throws LDAPException, NoAnswerException {
    List<SearchResultEntry> entries =
        search(connection, base, filter.with(user.text()), MOST_ENTRIES, attributes());
    if (entries.isEmpty()) {
      return List.of(new Known.Fact("the filter finds no entry of this user below " + base));
    }
    SearchResultEntry entry = entries.getFirst();
    if (entries.size() > 1) {
      return List.of(
          new Known.Fact(
              entry.getDN() + " is not the only entry that the filter finds; none can log in"));
    }
    if (!filter.isExactly(entry, user.text())) {
      return List.of(
          new Known.Fact(
              entry.getDN() + " has the name only in another spelling; it cannot log in"));
    }
    List<Known> known = new ArrayList<>();
    Set<String> names = groups(connection, entry, user.text());
    known.add(
        new Known.Fact(
            entry.getDN()
                + " is the entry; groups: "
                + (names.isEmpty() ? "none" : String.join(", ", names))));
    KeyList keys = keys(entry);
    List<Known> found = keys.known(user);
    if (found.isEmpty()) {
      known.add(new Known.Fact("it has no key in " + keyAttribute));
    }
    known.addAll(found);
    keys.faults().forEach(fault -> known.add(new Known.Fact(fault.where() + ": " + fault.what())));
    return known;
  }

  private void tell(SearchResultEntry entry, String... what) {
    faults.settle(
        "entry " + entry.getDN(),
        Arrays.stream(what).map(text -> new Fault(entry.getDN(), text)).toList());
  }

  private String[] attributes() {
    Set<String> wanted = new HashSet<>(filter.attributes());
    wanted.add(keyAttribute);
    if (groups instanceof Groups.Attribute(String name, DN _)) {
      wanted.add(name);
    }
    return wanted.toArray(String[]::new);
  }

  private KeyList keys(SearchResultEntry entry) {
    byte[][] values = entry.getAttributeValueByteArrays(keyAttribute);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    if (values != null) {
      // A directory gives them in any order; this is the same one each time.
      byte[][] sorted = values.clone();
      Arrays.sort(sorted, Arrays::compareUnsigned);
      for (byte[] value : sorted) {
        lines.writeBytes(value);
        lines.write('\n');
      }
    }
    String source = entry.getDN() + " " + keyAttribute;
    KeyList keys = KeyList.parse(source, KeyOwner.ONE_USER, lines.toByteArray(), parser);
    faults.settle("keys " + entry.getDN(), keys.faults());
    return keys;
  }

  private Set<String> groups(LDAPConnection connection, SearchResultEntry entry, String user)
      throws LDAPException, NoAnswerException {
    return switch (groups) {
      case Groups.None _ -> Set.of();
      case Groups.Attribute(String name, DN below) -> names(values(entry, name), below);
      case Groups.Search(NameFilter groupFilter, Groups.Token token, DN below) -> {
        String member =
            switch (token) {
              case USER -> user;
              case ENTRY -> entry.getDN();
            };
        List<String> found =
            search(connection, below, groupFilter.with(member), MOST_GROUPS + 1, "1.1").stream()
                .map(SearchResultEntry::getDN)
                .toList();
        yield names(found, below);
      }
    };
  }

  private static List<String> values(SearchResultEntry entry, String name)
      throws NoAnswerException {
    for (Attribute attribute : entry.getAttributes()) {
      // Active Directory gives 1,500 values and leaves the rest for another search.
      if (attribute.getBaseName().equalsIgnoreCase(name) && attribute.hasOptions()) {
        throw new NoAnswerException(entry.getDN() + " has more groups than the directory returns");
      }
    }
    String[] values = entry.getAttributeValues(name);
    return values == null ? List.of() : List.of(values);
  }

  private static Set<String> names(List<String> entries, DN below) throws NoAnswerException {
    if (entries.size() > MOST_GROUPS) {
      throw new NoAnswerException("an entry is in more than " + MOST_GROUPS + " groups");
    }
    Set<String> names = new TreeSet<>();
    entries.forEach(entry -> Groups.name(entry, below).ifPresent(names::add));
    return names;
  }

  /** At most so many entries, and no error when there are more than that. */
  private static List<SearchResultEntry> search(
      LDAPConnection connection, DN base, Filter filter, int most, String... attributes)
      throws LDAPException, NoAnswerException {
    SearchRequest request =
        new SearchRequest(
            base.toString(),
            SearchScope.SUB,
            DereferencePolicy.NEVER,
            most,
            SERVER_SECONDS,
            false,
            filter,
            attributes);
    try {
      return connection.search(request).getSearchEntries();
    } catch (LDAPSearchException e) {
      if (!e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
        throw e;
      }
      if (e.getSearchEntries() == null || e.getSearchEntries().size() < most) {
        throw new NoAnswerException(
            "an entry is in more groups than the directory returns: raise its size limit for"
                + " bind-dn");
      }
      return e.getSearchEntries();
    }
  }
}
