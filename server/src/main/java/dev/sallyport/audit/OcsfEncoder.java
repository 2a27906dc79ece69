package dev.sallyport.audit;

import static dev.sallyport.audit.OcsfParts.FAILURE;
import static dev.sallyport.audit.OcsfParts.HIGH;
import static dev.sallyport.audit.OcsfParts.INFORMATIONAL;
import static dev.sallyport.audit.OcsfParts.LOW;
import static dev.sallyport.audit.OcsfParts.MEDIUM;
import static dev.sallyport.audit.OcsfParts.SUCCESS;
import static dev.sallyport.audit.OcsfParts.outcome;
import static dev.sallyport.audit.OcsfParts.putActor;
import static dev.sallyport.audit.OcsfParts.putConnection;
import static dev.sallyport.audit.OcsfParts.putControl;
import static dev.sallyport.audit.OcsfParts.putEnds;
import static dev.sallyport.audit.OcsfParts.putSource;
import static dev.sallyport.audit.OcsfParts.shown;
import static dev.sallyport.audit.SafeJson.bounded;

import dev.sallyport.model.SecondFactor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Encodes an event as one line of OCSF 1.8.0 (Open Cybersecurity Schema Framework). Immutable; for
 * all threads.
 *
 * <p>Readers may rely on the following: {@code metadata.event_code} is our own name for the kind of
 * event, {@code metadata.correlation_uid} is the connection, {@code connection_info.uid} the
 * forward or session on a target ({@code connection_uid} on events of its recording), {@code
 * actor.user.name} the authenticated user, {@code message} what happened, in a sentence, and {@code
 * status_detail} the reason in words. What OCSF has no place for is in {@code unmapped}.
 *
 * <p>The client is always {@code src_endpoint}: OCSF counts {@code traffic.bytes_out} from source
 * to destination and {@code traffic.bytes_in} back, so {@code bytes_out} is what the client sent
 * and {@code bytes_in} what it received.
 */
final class OcsfEncoder {
  private static final String OCSF = "1.8.0";
  private static final String PRODUCT = "Sallyport";

  /** Lines of a list that are kept: a file for a whole company must not become one line of ours. */
  private static final int MOST_LINES = 64;

  /** The end of a line without its sequence number, which comes last, inside the metadata. */
  private static final byte[] PLACEHOLDER = "0}}".getBytes(StandardCharsets.US_ASCII);

  private final String version;
  private final String hostname;

  /**
   * @param version of the product
   * @param hostname of the bastion
   */
  OcsfEncoder(String version, String hostname) {
    this.version = version;
    this.hostname = hostname;
  }

  /**
   * A line without its sequence number, which is known only when the line is written; {@link #line}
   * completes it.
   */
  byte[] encode(AuditEvent event) {
    Kind kind = Kind.of(event);
    ObjectNode json = SafeJson.MAPPER.createObjectNode();
    json.put("time", event.at().toEpochMilli());
    json.put("category_uid", kind.classUid() / 1000);
    json.put("class_uid", kind.classUid());
    json.put("class_name", kind.className());
    json.put("activity_id", kind.activity());
    json.put("activity_name", kind.activityName());
    json.put("type_uid", kind.classUid() * 100L + kind.activity());
    json.put("message", Sentence.of(event));
    fill(json, event);
    json.putObject("device").put("type_id", 1).put("hostname", bounded(hostname));
    putMetadata(json, kind, event);
    byte[] whole = SafeJson.MAPPER.writeValueAsBytes(json);
    return Arrays.copyOf(whole, whole.length - PLACEHOLDER.length);
  }

  /** Completes the result of {@link #encode}. */
  static byte[] line(byte[] encoded, long sequence) {
    byte[] tail = (sequence + "}}\n").getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(encoded, encoded.length + tail.length);
    System.arraycopy(tail, 0, line, encoded.length, tail.length);
    return line;
  }

  private void putMetadata(ObjectNode json, Kind kind, AuditEvent event) {
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("version", OCSF);
    putProduct(metadata.putObject("product"));
    metadata.put("log_name", "audit");
    metadata.put("event_code", kind.code());
    metadata.put("uid", UUID.randomUUID().toString());
    if (event instanceof AuditEvent.OfConnection of) {
      metadata.put("correlation_uid", of.connection().id().value());
    }
    ArrayNode profiles = metadata.putArray("profiles").add("host");
    if (json.has("action_id")) {
      profiles.add("security_control");
    }
    metadata.put("sequence", 0);
  }

  private void putProduct(ObjectNode product) {
    product.put("name", PRODUCT).put("vendor_name", PRODUCT).put("version", version);
  }

  private void fill(ObjectNode json, AuditEvent event) {
    switch (event) {
      case AuditEvent.ServerStarted e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        json.putObject("app")
            .put("name", PRODUCT)
            .put("vendor_name", PRODUCT)
            .put("version", bounded(e.version()));
        ArrayNode listen = json.putObject("unmapped").putArray("listen");
        e.listen().forEach(address -> listen.add(shown(address)));
      }
      case AuditEvent.ServerStopped e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putProduct(json.putObject("app"));
        json.put("status_detail", bounded(e.reason()));
      }
      case AuditEvent.RunEndedAbruptly e -> {
        outcome(json, MEDIUM, SUCCESS);
        putProduct(json.putObject("app"));
        json.put("status_detail", EventText.NO_STOP);
      }
      case AuditEvent.ConfigurationLoaded e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putProduct(json.putObject("app"));
        json.putObject("unmapped").put("file", bounded(e.file())).put("sha256", e.sha256());
      }
      case AuditEvent.ConfigurationReloaded e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putProduct(json.putObject("app"));
        ObjectNode unmapped = json.putObject("unmapped");
        unmapped.put("file", bounded(e.file())).put("sha256", e.sha256());
        putSome(unmapped, "changed", e.changed());
        putSome(unmapped, "need_restart", e.needRestart());
      }
      case AuditEvent.ConfigurationRefused e -> {
        outcome(json, MEDIUM, FAILURE);
        putProduct(json.putObject("app"));
        json.put("status_detail", bounded(e.errors().isEmpty() ? "" : e.errors().getFirst()));
        ObjectNode unmapped = json.putObject("unmapped");
        unmapped.put("file", bounded(e.file()));
        putSome(unmapped, "errors", e.errors());
      }
      case AuditEvent.LogRepaired e -> {
        outcome(json, MEDIUM, SUCCESS);
        putProduct(json.putObject("app"));
        json.putObject("unmapped")
            .put("file", bounded(e.file()))
            .put("aside", bounded(e.aside()))
            .put("bytes", e.bytes())
            .put("sha256", e.sha256());
      }
      case AuditEvent.LogRecovered e -> {
        outcome(json, HIGH, SUCCESS);
        putProduct(json.putObject("app"));
        json.put("start_time", e.since().toEpochMilli());
        json.put("end_time", e.at().toEpochMilli());
        json.put("status_detail", bounded(e.fault()));
        json.putObject("unmapped").put("lost", e.lost());
      }
      case AuditEvent.LogFileCompressed e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putLogFile(json, "file", e.file());
        putLogFile(json, "file_result", e.compressed());
        putSpan(json, e.span());
      }
      case AuditEvent.LogFileRemoved e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putLogFile(json, "file", e.file());
        putSpan(json, e.span());
        json.put("status_detail", bounded(e.reason()));
      }
      case AuditEvent.DiskSpace e -> {
        outcome(json, e.low() ? HIGH : INFORMATIONAL, e.low() ? FAILURE : SUCCESS);
        putProduct(json.putObject("app"));
        json.putObject("unmapped")
            .put("low", e.low())
            .put("path", bounded(e.path()))
            .put("percent", e.percent())
            .put("limit", e.limit())
            .put("free_bytes", e.freeBytes());
      }
      case AuditEvent.TargetKnownHostsChanged e -> {
        outcome(json, LOW, SUCCESS);
        putProduct(json.putObject("app"));
        ObjectNode unmapped = json.putObject("unmapped");
        putSome(unmapped, "added", e.added());
        putSome(unmapped, "removed", e.removed());
      }
      case AuditEvent.TargetKeysForgotten e -> {
        outcome(json, LOW, SUCCESS);
        putProduct(json.putObject("app"));
        json.putObject("actor").putObject("user").put("name", SafeJson.name(e.operator()));
        ObjectNode unmapped = json.putObject("unmapped").put("target", SafeJson.name(e.target()));
        e.behalf().ifPresent(whose -> unmapped.put("behalf", SafeJson.name(whose)));
        putSome(unmapped, "keys", e.keys());
      }
      case AuditEvent.SecondFactorChanged e -> {
        outcome(json, LOW, SUCCESS);
        json.putObject("user").put("name", SafeJson.name(e.user()));
        json.putObject("actor").putObject("user").put("name", SafeJson.name(e.operator()));
        ObjectNode unmapped = json.putObject("unmapped").put("plugin", bounded(e.plugin()));
        e.behalf().ifPresent(whose -> unmapped.put("behalf", SafeJson.name(whose)));
      }
      case AuditEvent.MemoryRefused e -> {
        outcome(json, MEDIUM, FAILURE);
        putProduct(json.putObject("app"));
        putActor(json, e.user());
        json.putObject("unmapped")
            .put("held", e.held())
            .put("share", e.share())
            .put("held_by_all", e.heldByAll())
            .put("total", e.total());
      }
      case AuditEvent.NoiseSummary e -> fillNoise(json, e);
      case AuditEvent.PenaltyBegan e -> {
        outcome(json, LOW, FAILURE);
        putControl(json, false);
        putPenalty(json, e.penalty());
        json.put("duration", e.duration().toMillis());
        json.put("status_detail", bounded(e.misconduct()));
      }
      case AuditEvent.PenaltyEnded e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putPenalty(json, e.penalty());
        json.put("start_time", e.penalty().since().toEpochMilli());
        json.put("end_time", e.at().toEpochMilli());
        json.put("status_detail", bounded(e.reason()));
        json.withObject("unmapped").put("turned_away", e.turnedAway());
      }
      case AuditEvent.ConnectionOpened e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putConnection(json, e.connection());
      }
      case AuditEvent.ConnectionClosed e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putConnection(json, e.connection());
        e.user().ifPresent(user -> putActor(json, user));
        json.put("duration", e.duration().toMillis());
        json.putObject("traffic").put("bytes_out", e.bytesIn()).put("bytes_in", e.bytesOut());
        json.put("status_detail", bounded(e.reason()));
        e.clientVersion()
            .ifPresent(sent -> json.putObject("unmapped").put("client_version", bounded(sent)));
      }
      case AuditEvent.AuthenticationSucceeded e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putControl(json, true);
        putAuthentication(json, e.connection(), e.user(), e.evidence());
        json.withObject("unmapped").put("key_label", bounded(e.label()));
        putSecondFactor(json, e.secondFactor());
      }
      case AuditEvent.AuthenticationFailed e -> {
        outcome(json, LOW, FAILURE);
        putControl(json, false);
        putAuthentication(json, e.connection(), e.user(), e.evidence());
        json.put("status_detail", bounded(e.reason()));
        putOffers(json.withObject("unmapped"), e);
      }
      case AuditEvent.ConnectionRevoked e -> {
        outcome(json, MEDIUM, SUCCESS);
        putControl(json, false);
        putConnection(json, e.connection());
        putActor(json, e.user());
        json.put("status_detail", bounded(e.reason()));
        json.putObject("unmapped")
            .put("key_type", bounded(e.evidence().keyType()))
            .put("key_fingerprint", bounded(e.evidence().fingerprint()))
            .put("plugin", bounded(e.evidence().plugin()));
      }
      case AuditEvent.RequestRefused e -> {
        outcome(json, LOW, FAILURE);
        putControl(json, false);
        putConnection(json, e.connection());
        putActor(json, e.user());
        json.put("status_detail", bounded(e.reason()));
        json.putObject("unmapped")
            .put("request", bounded(e.kind()))
            .put("request_detail", bounded(e.detail()));
      }
      case AuditEvent.OfForward e -> ForwardOcsf.fill(json, e);
      case SessionEvent e -> SessionOcsf.fill(json, e);
      case RecordingEvent e -> {
        if (e instanceof RecordingEvent.RecordingsSpace) {
          putProduct(json.putObject("app"));
        }
        RecordingOcsf.fill(json, e);
      }
    }
  }

  private static void putLogFile(ObjectNode json, String attribute, StoredFile file) {
    json.putObject("actor").put("app_name", PRODUCT);
    ObjectNode stored = SessionOcsf.putFile(json, attribute, file.path(), SessionOcsf.REGULAR_FILE);
    stored.put("size", file.bytes());
    SessionOcsf.putHash(stored, file.sha256());
  }

  private static void putSpan(ObjectNode json, LogSpan span) {
    json.putObject("unmapped")
        .put("events", span.events())
        .put("first_sequence", span.first())
        .put("last_sequence", span.last());
  }

  private static void putSecondFactor(ObjectNode json, SecondFactor proven) {
    json.put("is_mfa", proven.isProven());
    json.withObject("unmapped").put("second_factor", bounded(proven.text()));
    switch (proven) {
      case SecondFactor.None() -> {}
      case SecondFactor.Answered(String plugin, String with) ->
          json.putArray("auth_factors")
              .addObject()
              .put("factor_type_id", 99) // Other: only the plugin knows
              .put("factor_type", bounded(with))
              .put("provider", bounded(plugin));
      case SecondFactor.SecurityKey key ->
          json.putArray("auth_factors")
              .addObject()
              .put("factor_type_id", 9)
              .put("factor_type", "U2F");
    }
  }

  private static void putOffers(ObjectNode unmapped, AuditEvent.AuthenticationFailed failed) {
    if (failed.offered().isEmpty()) {
      return;
    }
    ArrayNode offered = unmapped.putArray("offered");
    for (AuditEvent.Offer offer : failed.offered()) {
      offered
          .addObject()
          .put("key_type", SafeJson.name(offer.evidence().keyType()))
          .put("key_fingerprint", SafeJson.name(offer.evidence().fingerprint()))
          .put("plugin", SafeJson.name(offer.evidence().plugin()))
          .put("reason", SafeJson.name(offer.reason()));
    }
    unmapped.put("offered_count", failed.offered().size() + failed.moreOffers());
  }

  private static void putSome(ObjectNode json, String name, List<String> lines) {
    ArrayNode kept = json.putArray(name);
    lines.stream().limit(MOST_LINES).forEach(line -> kept.add(SafeJson.name(line)));
    json.put(name + "_count", lines.size());
  }

  private void fillNoise(ObjectNode json, AuditEvent.NoiseSummary e) {
    outcome(json, LOW, FAILURE);
    json.put("start_time", e.since().toEpochMilli());
    json.put("end_time", e.at().toEpochMilli());
    json.putObject("dst_endpoint").put("hostname", bounded(hostname));
    ObjectNode unmapped = json.putObject("unmapped");
    unmapped.put("connections", e.connections());
    unmapped.put("refused", e.refused());
    unmapped.put("penalised", e.penalised());
    unmapped.put("penalties", e.penalties());
    unmapped.put("failures", e.failures());
    // A list, and not an object keyed by address, because tables (Athena, Parquet) have fixed
    // columns.
    ArrayNode sources = unmapped.putArray("sources");
    EventText.busiestFirst(e.sources())
        .forEach(source ->
            sources
                .addObject()
                .put("source", bounded(source.getKey()))
                .put("count", source.getValue()));
    unmapped.put("other_sources", e.otherSources());
  }

  private void putPenalty(ObjectNode json, AuditEvent.Penalty penalty) {
    putSource(json.putObject("src_endpoint"), penalty.source());
    json.putObject("dst_endpoint").put("hostname", bounded(hostname));
    json.putObject("unmapped").put("source", bounded(penalty.network()));
  }

  private static void putAuthentication(
      ObjectNode json, AuditEvent.Connection connection, String user, AuditEvent.Evidence shown) {
    putEnds(json, connection);
    json.putObject("session").put("uid", connection.id().value()).put("is_remote", true);
    json.putObject("service").put("name", "ssh");
    json.put("is_remote", true);
    json.put("logon_type_id", 3); // Network
    json.put("auth_protocol_id", 99); // OCSF has no id for SSH's methods
    json.put("auth_protocol", bounded(shown.method()));
    ObjectNode who = json.putObject("user").put("name", SafeJson.name(user));
    if (!shown.fingerprint().isEmpty()) {
      who.put("credential_uid", bounded(shown.fingerprint()));
    }
    shown
        .certificate()
        .ifPresent(certificate ->
            json.putObject("certificate")
                .put("issuer", bounded(certificate.authority()))
                .put("serial_number", bounded(certificate.serial()))
                .put("subject", bounded(certificate.keyId())));
    json.putObject("unmapped")
        .put("key_type", bounded(shown.keyType()))
        .put("key_fingerprint", bounded(shown.fingerprint()))
        .put("plugin", bounded(shown.plugin()));
  }
}
