package dev.sallyport.plugins.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameFilterTest {
  private static final Entry ALICE =
      new Entry(
          "uid=alice,dc=example",
          new Attribute("objectClass", "person"),
          new Attribute("uid", "alice"),
          new Attribute("mail", "alice@example.com"));

  private final List<String> faults = new ArrayList<>();

  private Optional<NameFilter> parse(String text) {
    return NameFilter.parse(text, "%u", faults::add);
  }

  static List<String> hostileNames() {
    return List.of(
        "*",
        "a*",
        ")(uid=*",
        "*)(|(uid=*",
        "alice)(objectClass=*",
        "alice)(|(objectClass=*))",
        "\\2a",
        "\\",
        "\0",
        "alice\0",
        "(",
        ")",
        "&",
        "|",
        "!",
        "=",
        "~=alice",
        ">=a",
        ":=alice",
        "\u202ealice",
        "\u2066alice\u2069",
        "a\ud800",
        "%u",
        "alice%u",
        "a".repeat(64 * 1024),
        ")(uid=*".repeat(8 * 1024),
        "\n",
        "");
  }

  @ParameterizedTest
  @MethodSource("hostileNames")
  void aHostileNameIsAValueAndNothingElse(String name) throws Exception {
    NameFilter filter =
        parse("(&(objectClass=person)(|(uid=%u)(mail=%u@example.com)))").orElseThrow();
    Filter made = filter.with(name);
    assertThat(made.getFilterType()).isEqualTo(Filter.FILTER_TYPE_AND);
    assertThat(made.getComponents()).hasSize(2);
    Filter or = made.getComponents()[1];
    assertThat(or.getComponents()).hasSize(2);
    assertThat(or.getComponents()[0].getFilterType()).isEqualTo(Filter.FILTER_TYPE_EQUALITY);
    assertThat(or.getComponents()[0].getAssertionValueBytes())
        .isEqualTo(name.getBytes(StandardCharsets.UTF_8));
    assertThat(made.matchesEntry(ALICE)).isFalse();
    assertThat(filter.isExactly(ALICE, name)).isFalse();
    // As text too, for a log of the server's: RFC 4515 escapes it, and it reads back as the same.
    assertThat(Filter.create(made.toString()).matchesEntry(ALICE)).isFalse();
  }

  @Test
  void theNameItselfMatches() throws Exception {
    NameFilter filter =
        parse("(&(objectClass=person)(|(uid=%u)(mail=%u@example.com)))").orElseThrow();
    assertThat(filter.with("alice").matchesEntry(ALICE)).isTrue();
    assertThat(filter.isExactly(ALICE, "alice")).isTrue();
    assertThat(filter.attributes()).containsExactly("uid", "mail");
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ALICE", "Alice", " alice", "alice "})
  void aNameThatTheDirectoryTakesForTheSameIsNotTheSameUser(String name) throws Exception {
    NameFilter filter = parse("(uid=%u)").orElseThrow();
    assertThat(filter.with(name).matchesEntry(ALICE)).isTrue();
    assertThat(filter.isExactly(ALICE, name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(&(objectClass=user)(sAMAccountName=%u)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
        "(|(uid=%u)(mail=%u@example.com))",
        "(&(uid=%u)(shadowExpire>=20000))"
      })
  void takesTheFiltersOfRealDirectories(String text) {
    assertThat(parse(text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "uid=%u(", "(uid=%u", "(uid=*)", "(!(uid=%u))", "(|(uid=%u)(cn=x))"})
  void refusesAFilterThatIsNoneOrMatchesWhoeverAsks(String text) {
    assertThat(parse(text)).isEmpty();
    assertThat(faults).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(uid=%u*)", "(&(uid=%u)(cn=*%u))", "(uid>=%u)", "(uid:=%u)", "(uid~=%u)"})
  void refusesTheNameWhereItIsNoValueOfAnEquality(String text) {
    assertThat(parse(text)).isEmpty();
    assertThat(faults).hasSize(1);
  }
}
