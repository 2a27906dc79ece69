package dev.sallyport.config;

import dev.sallyport.model.Denial;
import dev.sallyport.model.IpText;
import dev.sallyport.model.Parsed;
import dev.sallyport.policy.Destination;
import dev.sallyport.policy.Policy;
import dev.sallyport.policy.Rule;
import dev.sallyport.policy.Shadowing;
import dev.sallyport.policy.TimeWindow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code sallyport.rules}. */
final class RulesBlock {
  private static final int MAX_NAME = 64;

  private final Set<String> groups;
  private final Policy open;
  private final Shadowing shadowing;
  private final Set<String> credentials;
  private final boolean secondFactors;
  private final Set<String> names = new HashSet<>();

  /**
   * @param groups all groups with their members
   * @param open a policy without rules, whose networks limit what rules can allow
   * @param credentials the names of all credentials
   * @param secondFactors whether any user can prove a second factor
   */
  RulesBlock(
      Map<String, Set<String>> groups,
      Policy open,
      Set<String> credentials,
      boolean secondFactors) {
    this.groups = groups.keySet();
    this.open = open;
    this.shadowing = new Shadowing(open.privateNetworks(), groups);
    this.credentials = credentials;
    this.secondFactors = secondFactors;
  }

  List<Rule> read(List<Block> blocks) {
    List<Rule> rules = new ArrayList<>();
    for (Block block : blocks) {
      rules.add(
          new Rule(
              readName(block),
              Set.copyOf(block.parsedList("users", Names::user)),
              readGroups(block),
              block.parsedList("source", IpText::network, Rule.ANYWHERE),
              block.parsedList("time", TimeWindow::parse, Rule.ALWAYS),
              readDestinations(block),
              readMfa(block),
              TermsKeys.read(block, credentials)));
      if (!block.has("users") && !block.has("groups")) {
        block.error("needs users or groups: who it is for (users = [\"*\"] is everyone)");
      }
      warnOfNobody(block, rules.getLast());
      warnOfShadow(block, rules.getLast(), rules.subList(0, rules.size() - 1));
      block.end();
    }
    return rules;
  }

  private boolean readMfa(Block block) {
    boolean mfa = block.bool("mfa", false);
    if (mfa && !secondFactors) {
      block.error(
          "mfa",
          "lets nobody through, because nobody can prove a second factor: auth.methods must demand"
              + " keyboard-interactive, or auth.fido-second-factor must say when FIDO keys count");
    }
    return mfa;
  }

  private String readName(Block block) {
    if (!block.has("name")) {
      block.string("name");
      block.error("name", "is missing: the audit log names the rule by it");
      return "";
    }
    String name = block.string("name").orElse("");
    if (!name.matches("[ -~]{1," + MAX_NAME + "}")) {
      block.error("name", "must be 1 to " + MAX_NAME + " printable ASCII characters");
    } else if (!names.add(name)) {
      block.error("name", Block.shown(name) + " is the name of an earlier rule");
    }
    return name;
  }

  private Set<String> readGroups(Block block) {
    return Set.copyOf(
        block.parsedList(
            "groups",
            name ->
                groups.contains(name)
                    ? new Parsed.Valid<>(name)
                    : new Parsed.Malformed<>(
                        "is not in sallyport.groups"
                            + Nearest.hint(name, groups)
                            + ": write it there, if need be without members")));
  }

  private List<Destination> readDestinations(Block block) {
    List<Destination> to = block.parsedList("to", Destination::parse);
    if (!block.has("to")) {
      block.error("to", "is missing: where the rule leads, such as [\"10.0.2.0/24:22\"]");
    } else if (block.isEmptyList("to")) {
      block.error("to", "must not be empty");
    }
    List<Optional<Denial>> never = to.stream().map(open::whyNever).toList();
    if (!to.isEmpty() && never.stream().allMatch(RulesBlock::isNotPrivate)) {
      block.error("to", "leads nowhere: none of its addresses is in private-networks");
    } else {
      for (int i = 0; i < never.size(); i++) {
        String place = "to[" + i + "]";
        never.get(i).ifPresent(denial -> block.warn(place, denial.text()));
      }
    }
    return to;
  }

  private static boolean isNotPrivate(Optional<Denial> never) {
    return never.filter(denial -> denial.reason() == Denial.Reason.NOT_PRIVATE).isPresent();
  }

  private static void warnOfNobody(Block block, Rule rule) {
    if (rule.users().isEmpty() && rule.groups().isEmpty()) {
      block.warn(block.has("users") ? "users" : "groups", "is empty, so the rule is for nobody");
    }
  }

  private void warnOfShadow(Block block, Rule rule, List<Rule> earlier) {
    List<String> names = shadowing.of(rule, earlier).stream().map(Rule::name).toList();
    if (!names.isEmpty()) {
      block.warn(
          "name",
          "%s never decides, because %s above it %s every request that it matches: move it up, or remove it"
              .formatted(
                  Block.shown(rule.name()),
                  String.join(" and ", names.stream().map(Block::shown).toList()),
                  names.size() == 1 ? "matches" : "match"));
    }
  }

  static Map<String, Object> print(Rule rule) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("name", rule.name());
    block.put("users", rule.users().stream().sorted().toList());
    block.put("groups", rule.groups().stream().sorted().toList());
    block.put("source", texts(rule.source()));
    block.put("time", texts(rule.time()));
    block.put("to", texts(rule.to()));
    block.put("mfa", rule.mfa());
    TermsKeys.print(rule.terms(), block);
    return block;
  }

  private static List<String> texts(List<?> values) {
    return values.stream().map(Object::toString).toList();
  }
}
