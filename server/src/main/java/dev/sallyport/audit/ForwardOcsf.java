package dev.sallyport.audit;

import static dev.sallyport.audit.OcsfParts.FAILURE;
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

import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events about forwards as OCSF's Network Activity. The packets are {@code traffic.packets_out} and
 * {@code packets_in}, and the guessed protocol is {@code app_protocol_name}; SSH versions, HASSH
 * (for which only SSH Activity has an attribute) and the samples are in {@code unmapped}.
 */
final class ForwardOcsf {
  private ForwardOcsf() {}

  static void fill(ObjectNode json, AuditEvent.OfForward event) {
    switch (event) {
      case AuditEvent.ForwardOpened e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putControl(json, true);
        putRule(json, "rule", e.rule());
        putForward(json, e);
        putDialled(json, e.address());
        json.withObject("unmapped").put("record", bounded(e.record()));
      }
      case AuditEvent.ForwardRefused e -> {
        outcome(json, LOW, FAILURE);
        putControl(json, false);
        putRule(json, "denial", e.denial().reason().code());
        putForward(json, e);
        json.put("status_code", e.denial().reason().code());
        json.put("status_detail", bounded(e.denial().text()));
      }
      case AuditEvent.ForwardFailed e -> {
        outcome(json, LOW, FAILURE);
        putControl(json, true);
        putRule(json, "rule", e.rule());
        putForward(json, e);
        json.put("status_detail", bounded(e.reason()));
      }
      case AuditEvent.ForwardClosed e -> {
        outcome(json, INFORMATIONAL, SUCCESS);
        putControl(json, true);
        putRule(json, "rule", e.rule());
        putForward(json, e);
        putDialled(json, e.address());
        json.put("duration", e.duration().toMillis());
        json.putObject("traffic")
            .put("bytes_out", e.bytesToTarget())
            .put("bytes_in", e.bytesFromTarget());
        json.put("status_detail", bounded(e.reason()));
        putTraffic(json, e.traffic());
      }
    }
  }

  private static void putForward(ObjectNode json, AuditEvent.OfForward event) {
    putTarget(json, event.connection().source(), event.forward().target());
    putInbound(json, event.forward().id());
    putActor(json, event.forward().user());
  }

  private static void putTraffic(ObjectNode json, TrafficSummary seen) {
    if (!seen.protocol().isEmpty()) {
      json.put("app_protocol_name", bounded(seen.protocol()));
    }
    putGlimpse(json, "client", seen.client());
    putGlimpse(json, "server", seen.target());
    if (!seen.series().isEmpty()) {
      ArrayNode series = json.withObject("unmapped").putArray("series");
      seen.series().forEach(sample -> putSample(series.addObject(), sample));
      json.withObject("traffic")
          .put(
              "packets_out", seen.series().stream().mapToLong(TrafficSample::packetsToTarget).sum())
          .put(
              "packets_in",
              seen.series().stream().mapToLong(TrafficSample::packetsFromTarget).sum());
    }
  }

  /** A sample with the same names as the total: out is to the target. */
  private static void putSample(ObjectNode json, TrafficSample sample) {
    json.put("seconds", sample.seconds())
        .put("bytes_out", sample.bytesToTarget())
        .put("bytes_in", sample.bytesFromTarget())
        .put("packets_out", sample.packetsToTarget())
        .put("packets_in", sample.packetsFromTarget());
  }

  private static void putGlimpse(ObjectNode json, String side, Optional<SshGlimpse> seen) {
    seen.ifPresent(glimpse -> {
      ObjectNode unmapped = json.withObject("unmapped");
      unmapped.put(side + "_version", bounded(glimpse.version()));
      if (!glimpse.hassh().isEmpty()) {
        unmapped.put(side + "_hassh", bounded(glimpse.hassh()));
      }
    });
  }
}
