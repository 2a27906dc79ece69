package dev.sallyport.audit;

import static dev.sallyport.audit.OcsfParts.FAILURE;
import static dev.sallyport.audit.OcsfParts.HIGH;
import static dev.sallyport.audit.OcsfParts.INFORMATIONAL;
import static dev.sallyport.audit.OcsfParts.LOW;
import static dev.sallyport.audit.OcsfParts.SUCCESS;
import static dev.sallyport.audit.OcsfParts.outcome;
import static dev.sallyport.audit.OcsfParts.putActor;
import static dev.sallyport.audit.OcsfParts.putControl;
import static dev.sallyport.audit.OcsfParts.putDialled;
import static dev.sallyport.audit.OcsfParts.putInbound;
import static dev.sallyport.audit.OcsfParts.putRule;
import static dev.sallyport.audit.OcsfParts.putTarget;
import static dev.sallyport.audit.SafeJson.bounded;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events about sessions on targets in OCSF: {@code src_endpoint} is the client, {@code
 * dst_endpoint} the target, and {@code connection_info.uid} the session; the login and the way are
 * in {@code unmapped}.
 */
final class SessionOcsf {
  /** OCSF's id of SHA-256 in a fingerprint. */
  private static final int SHA_256 = 3;

  /**
   * Longest hexadecimal command, for as many bytes as {@link SafeJson#LONGEST_TEXT} characters. The
   * manifest has all.
   */
  private static final int LONGEST_HEX = 2 * SafeJson.LONGEST_TEXT;

  /**
   * Longest variable: a name, and a value of 4 KiB. A hexadecimal one may be cut here; the
   * recording has all of it.
   */
  private static final int LONGEST_VARIABLE = 5 * 1024;

  private static final int UNKNOWN_FILE = 0;

  /** OCSF's type id of a regular file. */
  static final int REGULAR_FILE = 1;

  private static final int FOLDER = 2;

  private SessionOcsf() {}

  static void fill(ObjectNode json, SessionEvent event) {
    SessionFacts session = event.session();
    boolean allowed = !(event instanceof SessionEvent.TargetKeyRefused);
    putControl(json, allowed);
    putRule(json, "rule", session.rule());
    putTarget(json, event.connection().source(), session.target());
    putDialled(json, session.address());
    putInbound(json, session.id());
    putActor(json, session.user());
    ObjectNode unmapped = json.withObject("unmapped");
    putFacts(unmapped, session);
    switch (event) {
      case SessionEvent.SessionOpened e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putCommand(unmapped, e.kind(), e.command());
        e.commandHex().ifPresent(hex -> unmapped.put("command_hex", bounded(hex, LONGEST_HEX)));
        if (!e.environment().isEmpty()) {
          ArrayNode environment = unmapped.putArray("environment");
          e.environment().forEach(variable -> environment.add(bounded(variable, LONGEST_VARIABLE)));
        }
      }
      case SessionEvent.SessionClosed e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putCommand(unmapped, e.kind(), e.command());
        e.exitStatus().ifPresent(status -> unmapped.put("exit_status", status));
        e.exitSignal().ifPresent(signal -> unmapped.put("exit_signal", bounded(signal)));
        json.put("duration", e.duration().toMillis());
        json.putObject("traffic")
            .put("bytes_out", e.bytesToTarget())
            .put("bytes_in", e.bytesFromTarget());
        json.put("status_detail", bounded(e.reason()));
      }
      case SessionEvent.SessionFailed e -> {
        outcome(json, LOW, FAILURE);
        json.put("status_detail", bounded(e.reason()));
      }
      case SessionEvent.SessionRequested e -> {
        if (e.passed()) {
          outcome(json, INFORMATIONAL, SUCCESS);
        } else {
          outcome(json, LOW, FAILURE);
        }
        unmapped.put("request", bounded(e.request())).put("detail", bounded(e.detail()));
      }
      case SessionEvent.AgentOpened e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        unmapped.put("agent_use", bounded(e.use()));
      }
      case SessionEvent.AgentClosed e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        unmapped.put("agent_use", bounded(e.use()));
        json.put("duration", e.duration().toMillis());
        // The agent is at the client, so requests to it are incoming for the client.
        json.putObject("traffic")
            .put("bytes_out", e.bytesFromAgent())
            .put("bytes_in", e.bytesToAgent());
      }
      case SessionEvent.FileTransferred e -> {
        putResult(json, e.result());
        json.put("app_protocol_name", bounded(e.protocol()));
        ObjectNode file = putFile(json, "file", e.path(), REGULAR_FILE);
        if (!e.sha256().isEmpty()) {
          putHash(file, e.sha256());
        }
        json.putObject("traffic")
            .put(
                switch (e.direction()) {
                  case PUT -> "bytes_out";
                  case GET -> "bytes_in";
                },
                e.bytes());
        unmapped.put("offset", e.offset());
        e.unhashed().ifPresent(why -> unmapped.put("unhashed", bounded(why)));
      }
      case SessionEvent.FileChanged e -> {
        putResult(json, e.result());
        putFile(json, "file", e.path(), type(e.change()));
        e.newPath().ifPresent(path -> unmapped.put("new_path", SafeJson.path(path)));
        unmapped.put("detail", bounded(e.detail()));
      }
      case SessionEvent.TargetKeyAccepted e -> {
        outcome(json, LOW, SUCCESS);
        putKey(unmapped, e.keyType(), e.fingerprint());
        unmapped.put("how", bounded(e.how()));
      }
      case SessionEvent.TargetKeyRefused e -> {
        outcome(json, HIGH, FAILURE);
        putKey(unmapped, e.keyType(), e.fingerprint());
        json.put("status_detail", bounded(e.reason()));
      }
    }
  }

  /** Data for which OCSF has no attribute. */
  static void putFacts(ObjectNode unmapped, SessionFacts session) {
    unmapped.put("login", SafeJson.name(session.login())).put("way", bounded(session.way()));
  }

  /**
   * A file, whose name OCSF requires.
   *
   * @param type OCSF's type id
   */
  static ObjectNode putFile(ObjectNode json, String attribute, String path, int type) {
    ObjectNode file = json.putObject(attribute);
    // A name of 255 bytes, which is Linux's longest, has 1,020 characters when none is UTF-8.
    file.put("name", bounded(lastName(path)));
    file.put("path", SafeJson.path(path));
    file.put("type_id", type);
    return file;
  }

  static ObjectNode putFolder(ObjectNode json, String attribute, String path) {
    return putFile(json, attribute, path, FOLDER);
  }

  static void putHash(ObjectNode file, String sha256) {
    file.putArray("hashes")
        .addObject()
        .put("algorithm_id", SHA_256)
        .put("algorithm", "SHA-256")
        .put("value", bounded(sha256));
  }

  private static String lastName(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(path.lastIndexOf('/', end - 2) + 1, end);
  }

  private static int type(FileChange change) {
    return switch (change) {
      case MAKE_DIRECTORY, REMOVE_DIRECTORY -> FOLDER;
      case RENAME, REMOVE, SET_ATTRIBUTES, LINK, COPY, UNKNOWN -> UNKNOWN_FILE;
    };
  }

  private static void putCommand(ObjectNode unmapped, String kind, String command) {
    unmapped.put("kind", bounded(kind)).put("command", bounded(command));
  }

  private static void putKey(ObjectNode unmapped, String type, String fingerprint) {
    unmapped.put("key_type", bounded(type)).put("key_fingerprint", bounded(fingerprint));
  }

  private static void putResult(ObjectNode json, String result) {
    if (result.equals(SessionEvent.OK)) {
      outcome(json, INFORMATIONAL, SUCCESS);
    } else {
      outcome(json, LOW, FAILURE);
      json.put("status_detail", bounded(result));
    }
  }
}
