package dev.sallyport.gateway.prompt;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The commands of the prompt. */
enum PromptCommand {
  SSH,
  HOSTS,
  WHOAMI,
  HELP,
  EXIT,
  LOGOUT;

  static Optional<PromptCommand> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(PromptCommand::word).toList();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
