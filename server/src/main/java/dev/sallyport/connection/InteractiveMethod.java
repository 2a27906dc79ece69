package dev.sallyport.connection;

import dev.sallyport.audit.AuditEvent;
import dev.sallyport.auth.ConfiguredFactor;
import dev.sallyport.auth.PluginFaults;
import dev.sallyport.model.SecondFactor;
import dev.sallyport.spi.InteractiveFactor;
import dev.sallyport.spi.InteractiveFactor.Step;
import dev.sallyport.spi.LoginAttempt;
import java.net.ProtocolException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code keyboard-interactive} method (RFC 4256) as a second factor, where the library has one
 * round of questions: a plugin prompts a user whose key is proven. One conversation, on the thread
 * that reads the connection.
 */
final class InteractiveMethod extends AbstractUserAuth {
  static final String NAME = "keyboard-interactive";

  private static final Logger LOG = LoggerFactory.getLogger("sallyport.connection");

  /** Most rounds of one conversation, in case a plugin prompts for ever. */
  private static final int MOST_ROUNDS = 10;

  private final InstantSource clock;
  private Step.@Nullable Ask asked;
  private int rounds;

  /**
   * @param clock the clock for one-time codes
   */
  InteractiveMethod(InstantSource clock) {
    super(NAME);
    this.clock = clock;
  }

  @Override
  protected @Nullable Boolean doAuth(Buffer buffer, boolean init) throws Exception {
    ClientConnection connection = (ClientConnection) getServerSession();
    if (init) {
      return go(connection, safely(connection, factor -> begin(connection, factor)));
    }
    Step.Ask question = asked;
    asked = null;
    if (buffer.getUByte() != SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE || question == null) {
      throw new ProtocolException("an answer without a question");
    }
    List<String> answers = answers(buffer, question.prompts().size());
    return go(connection, safely(connection, factor -> question.next().answered(answers)));
  }

  /** A plugin that fails accepts nobody, and its failure is logged. */
  private static Step safely(
      ClientConnection connection, ConfiguredFactor.Question<Step> question) {
    try {
      return connection.begunUnder().authenticator().interactiveFactor().ask(question);
    } catch (Exception | Error e) {
      PluginFaults.log(
          LOG, "plugin %s failed, so it accepts no user".formatted(type(connection)), e);
      return new Step.Failed(PluginFaults.reason(e));
    }
  }

  private static String type(ClientConnection connection) {
    return connection.begunUnder().authenticator().interactiveFactor().plugin();
  }

  private Step begin(ClientConnection connection, InteractiveFactor factor) throws Exception {
    ProvenLogin first = connection.proven();
    if (first == null || !first.username().equals(getUsername())) {
      return new Step.Failed("no key is proven yet");
    }
    var attempt =
        new LoginAttempt(getUsername(), connection.facts().source().getAddress(), clock.instant());
    return factor.begin(attempt, first.identity().user().name());
  }

  /** Reads as many answers as there were prompts (RFC 4256, section 3.4). */
  private static List<String> answers(Buffer buffer, int expected) throws ProtocolException {
    long count = buffer.getUInt();
    if (count != expected) {
      throw new ProtocolException(count + " answers to " + expected + " questions");
    }
    List<String> answers = new ArrayList<>(expected);
    for (int i = 0; i < expected; i++) {
      answers.add(buffer.getString());
    }
    return answers;
  }

  private @Nullable Boolean go(ClientConnection connection, Step step) throws Exception {
    return switch (step) {
      case Step.Passed(String with) -> passed(connection, with);
      case Step.Failed(String reason) -> failed(connection, reason);
      case Step.NotEnrolled() -> notEnrolled(connection);
      case Step.Ask ask -> {
        if (++rounds > MOST_ROUNDS) {
          yield failed(connection, "the plugin asks too many questions");
        }
        ask(connection, ask);
        yield null;
      }
    };
  }

  private static Boolean passed(ClientConnection connection, String with) {
    ProvenLogin first = connection.proven();
    if (first == null) {
      return failed(connection, "no key is proven yet");
    }
    connection.prove(first.with(new SecondFactor.Answered(type(connection), with)));
    return true;
  }

  private static Boolean failed(ClientConnection connection, String reason) {
    connection.getService(AuthService.class).because(evidence(connection), reason);
    return false;
  }

  /** The client has proven the user's key, so enrolment may be disclosed to it. */
  private static Boolean notEnrolled(ClientConnection connection) {
    connection
        .getService(AuthService.class)
        .becauseForGood(
            evidence(connection),
            "the user has no second factor",
            "your key was accepted, but this bastion demands a second factor and you have none: ask"
                + " its operator to enroll you");
    return false;
  }

  private static AuditEvent.Evidence evidence(ClientConnection connection) {
    return new AuditEvent.Evidence(NAME, "", "", type(connection));
  }

  /** SSH_MSG_USERAUTH_INFO_REQUEST (RFC 4256, section 3.2). */
  private void ask(ClientConnection connection, Step.Ask ask) throws Exception {
    Buffer packet = connection.createBuffer(SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST);
    packet.putString("");
    packet.putString(ask.instruction());
    packet.putString("");
    packet.putUInt(ask.prompts().size());
    for (InteractiveFactor.Prompt prompt : ask.prompts()) {
      packet.putString(prompt.text());
      packet.putBoolean(prompt.echo());
    }
    asked = ask;
    connection.writePacket(packet);
  }
}
