package dev.sallyport.audit;

import static dev.sallyport.audit.OcsfParts.FAILURE;
import static dev.sallyport.audit.OcsfParts.HIGH;
import static dev.sallyport.audit.OcsfParts.INFORMATIONAL;
import static dev.sallyport.audit.OcsfParts.MEDIUM;
import static dev.sallyport.audit.OcsfParts.SUCCESS;
import static dev.sallyport.audit.OcsfParts.outcome;
import static dev.sallyport.audit.OcsfParts.putActor;
import static dev.sallyport.audit.OcsfParts.putControl;
import static dev.sallyport.audit.OcsfParts.putRule;
import static dev.sallyport.audit.OcsfParts.shown;
import static dev.sallyport.audit.SafeJson.bounded;

import java.util.Map;
import java.util.SortedMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events about recordings as OCSF's File System Activity, about a folder of the bastion's: {@code
 * connection_uid} is the session. That class has no endpoints, so client, target, login and way are
 * in {@code unmapped}, and so are the hashes, because folders have none.
 */
final class RecordingOcsf {
  /** Most hashes. A recording has only a few files. */
  private static final int MOST_FILES = 32;

  private RecordingOcsf() {}

  static void fill(ObjectNode json, RecordingEvent event) {
    switch (event) {
      case RecordingEvent.RecordingStarted e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putControl(json, true);
        putSession(json, e);
        SessionOcsf.putFolder(json, "file", e.path());
      }
      case RecordingEvent.RecordingFinalised e -> {
        outcome(json, e.truncated() ? MEDIUM : INFORMATIONAL, SUCCESS);
        putControl(json, true);
        putSession(json, e);
        SessionOcsf.putFolder(json, "file", e.path()).put("size", e.bytes());
        ObjectNode unmapped = json.withObject("unmapped");
        unmapped.put("truncated", e.truncated());
        unmapped.put("complete", e.isComplete());
        putUnkept(unmapped, e.unkept());
        putHashes(unmapped, e.sha256());
        json.put("status_detail", bounded(e.reason()));
      }
      case RecordingEvent.RecordingFailed e -> {
        outcome(json, HIGH, FAILURE);
        putControl(json, e.sessionGoesOn());
        putSession(json, e);
        // The name of its folder, which may not exist.
        SessionOcsf.putFolder(json, "file", e.session().id()).remove("path");
        json.withObject("unmapped").put("session_goes_on", e.sessionGoesOn());
        json.put("status_detail", bounded(e.reason()));
      }
      case RecordingEvent.RecordingRemoved e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        json.putObject("actor").put("app_name", "Sallyport");
        json.put("connection_uid", bounded(e.id()));
        SessionOcsf.putFolder(json, "file", e.path());
        json.putObject("unmapped").put("manifest_sha256", bounded(e.sha256()));
        json.put("status_detail", bounded(e.reason()));
      }
      case RecordingEvent.RecordingRead e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putActor(json, e.operator());
        json.put("connection_uid", bounded(e.id()));
        SessionOcsf.putFolder(json, "file", e.path());
        ObjectNode unmapped = json.putObject("unmapped").put("how", bounded(e.how()));
        e.behalf().ifPresent(user -> unmapped.put("behalf", SafeJson.name(user)));
      }
      case RecordingEvent.RecordingsSpace e -> {
        outcome(json, e.low() ? HIGH : INFORMATIONAL, e.low() ? FAILURE : SUCCESS);
        json.putObject("unmapped")
            .put("low", e.low())
            .put("free_bytes", e.freeBytes())
            .put("reserve_bytes", e.reserveBytes());
      }
    }
  }

  private static void putSession(ObjectNode json, RecordingEvent.OfSession event) {
    SessionFacts session = event.session();
    putActor(json, session.user());
    putRule(json, "rule", session.rule());
    json.put("connection_uid", bounded(session.id()));
    ObjectNode unmapped = json.putObject("unmapped");
    unmapped.put("source", shown(event.connection().source()));
    unmapped.put("target_host", SafeJson.name(session.target().host()));
    unmapped.put("target_port", session.target().port());
    unmapped.put("address", shown(session.address()));
    SessionOcsf.putFacts(unmapped, session);
  }

  private static void putUnkept(ObjectNode unmapped, SortedMap<String, Long> unkept) {
    ArrayNode list = unmapped.putArray("unkept");
    unkept.forEach(
        (name, bytes) -> list.addObject().put("name", SafeJson.name(name)).put("bytes", bytes));
  }

  private static void putHashes(ObjectNode unmapped, Map<String, String> sha256) {
    ArrayNode files = unmapped.putArray("files");
    sha256.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .limit(MOST_FILES)
        .forEach(file ->
            files
                .addObject()
                .put("name", SafeJson.name(file.getKey()))
                .put("sha256", bounded(file.getValue())));
  }
}
