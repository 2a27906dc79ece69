package dev.sallyport.cli;

import picocli.CommandLine.Command;

/** Commands that only hold others. Without one of those, picocli says which there are. */
final class Group {
  private Group() {}

  @Command(
      name = "config",
      description = "Checks or prints a configuration file.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Config {}

  @Command(
      name = "policy",
      description = "Explains the rules of a configuration file.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Policy {}

  @Command(
      name = "login",
      description = "Explains why a login succeeds or not.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Login {}

  @Command(
      name = "host-ca",
      description = "Shows the host CA that clients trust for recorded targets.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class HostCa {}

  @Command(
      name = "audit",
      description = "Reads the audit log.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Audit {}

  @Command(
      name = "recording",
      description = "Finds, plays and exports recordings of sessions.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Recording {}

  @Command(
      name = "user-ca",
      description = "The authority that certifies the bastion's logins to targets.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class UserCa {}

  @Command(
      name = "second-factor",
      description = "Gives users a second factor, and takes it away.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class SecondFactor {}

  @Command(
      name = "known-hosts",
      description = "The host keys of targets.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class KnownHosts {}
}
