package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.Target;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class OcsfEncoderTest {
  private static final OcsfEncoder ENCODER = new OcsfEncoder("1.2.3", "bastion");

  /** Everything that could move a cursor, forge a line, hide a name or break a reader. */
  private static final String HOSTILE =
      "a\"b\\c\n{\"forged\":1}\r\t\0\u001b[2J\u007f\u009b\u202e\u2028\ud83d\ude00 \ud800 é";

  private static JsonNode encode(AuditEvent event) {
    return SafeJson.MAPPER.readTree(OcsfEncoder.line(ENCODER.encode(event), 7));
  }

  private static Stream<Class<?>> kinds(Class<?> sealed) {
    return sealed.isSealed()
        ? Stream.of(sealed.getPermittedSubclasses()).flatMap(OcsfEncoderTest::kinds)
        : Stream.of(sealed);
  }

  @Test
  void everyKindOfEventHasASample() {
    Set<Class<?>> samples =
        Samples.all("text").stream().map(Object::getClass).collect(Collectors.toSet());

    assertThat(samples).isEqualTo(kinds(AuditEvent.class).collect(Collectors.toSet()));
  }

  @Test
  void everyKindOfEventHasACodeOfItsOwn() {
    assertThat(Samples.all("text").stream().map(event -> Kind.of(event).code()))
        .doesNotHaveDuplicates();
  }

  /** The essence of the mapping: what auditors and their queries rely on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server-started            | 6002 | 3  | 1 | app.version=text, unmapped.listen.0=0.0.0.0:22
          server-stopped            | 6002 | 4  | 1 | status_detail=text
          configuration-loaded      | 6002 | 99 | 1 | unmapped.file=text, unmapped.sha256=ab12, activity_name=Configuration Loaded
          configuration-reloaded    | 6002 | 99 | 1 | unmapped.file=text, unmapped.sha256=ab12, unmapped.changed.1=groups.ops, unmapped.changed_count=2, unmapped.need_restart.0=listen
          configuration-refused     | 6002 | 99 | 2 | severity_id=3, unmapped.file=text, unmapped.errors.0=text, unmapped.errors_count=2, status_detail=text
          log-file-compressed       | 1001 | 99 | 1 | file.path=/a/text, file.size=9000, file.hashes.0.value=ab12, file_result.path=/a/text.gz, file_result.size=800, file_result.hashes.0.value=cd34, unmapped.events=10, unmapped.first_sequence=1, unmapped.last_sequence=10
          log-file-removed          | 1001 | 4 | 1 | file.path=/a/text, file.size=800, file.hashes.0.value=cd34, unmapped.first_sequence=1, status_detail=text
          disk-space                | 6002 | 99 | 2 | unmapped.path=text, unmapped.percent=81, unmapped.limit=80, unmapped.free_bytes=5000, unmapped.low=true
          log-repaired              | 6002 | 99 | 1 | unmapped.file=text, unmapped.aside=text, unmapped.bytes=17, unmapped.sha256=ab12
          log-recovered             | 6002 | 99 | 1 | unmapped.lost=3, status_detail=text, start_time=1795366992000, end_time=1795367001000
          noise-summary             | 4001 | 6  | 2 | unmapped.connections=40, unmapped.refused=7, unmapped.penalised=5, unmapped.penalties=2, unmapped.failures=11, unmapped.sources.0.source=198.51.100.1, unmapped.sources.0.count=31, unmapped.sources.1.source=text, unmapped.other_sources=true, dst_endpoint.hostname=bastion
          memory-refused            | 6002 | 99 | 2 | severity_id=3, actor.user.name=text, unmapped.held=3000, unmapped.share=2500, unmapped.held_by_all=7000, unmapped.total=10000
          penalty-began             | 4001 | 5  | 2 | src_endpoint.ip=2001:db8:0:0:0:0:0:7, unmapped.source=2001:db8::/64, duration=16000, status_detail=text, action_id=2, dst_endpoint.hostname=bastion
          penalty-ended             | 4001 | 99 | 1 | src_endpoint.ip=2001:db8:0:0:0:0:0:7, unmapped.source=2001:db8::/64, unmapped.turned_away=12, start_time=1795366926000, end_time=1795367001000, status_detail=text
          connection-opened         | 4007 | 1  | 1 | src_endpoint.ip=203.0.113.7, src_endpoint.intermediate_ips.0=10.0.9.9, src_endpoint.port=51234, dst_endpoint.ip=10.0.1.5, dst_endpoint.port=22, connection_info.direction_id=1, connection_info.uid=c-1
          connection-closed         | 4007 | 2  | 1 | actor.user.name=text, unmapped.client_version=text, duration=75000, traffic.bytes_out=1234, traffic.bytes_in=5678, status_detail=text
          authentication-succeeded  | 3002 | 1  | 1 | user.name=text, user.credential_uid=text, auth_protocol_id=99, auth_protocol=text, unmapped.key_fingerprint=text, unmapped.key_type=text, unmapped.plugin=text, unmapped.key_label=text, is_mfa=true, auth_factors.0.factor_type=text, auth_factors.0.provider=text, unmapped.second_factor=text: text, src_endpoint.ip=203.0.113.7, action_id=1
          authentication-failed     | 3002 | 1  | 2 | user.name=text, unmapped.key_fingerprint=text, unmapped.plugin=text, status_detail=text, unmapped.offered.0.key_fingerprint=text, unmapped.offered.1.key_type=ssh-rsa, unmapped.offered.1.reason=text, unmapped.offered_count=4, action_id=2, disposition_id=2
          connection-revoked        | 4007 | 99 | 1 | severity_id=3, actor.user.name=text, unmapped.key_fingerprint=text, unmapped.plugin=text, status_detail=text, action_id=2, activity_name=Revoke
          request-refused           | 4007 | 5  | 2 | actor.user.name=text, unmapped.request=text, unmapped.request_detail=text, status_detail=text, action_id=2
          forward-opened            | 4001 | 1  | 1 | actor.user.name=text, dst_endpoint.hostname=text, dst_endpoint.ip=10.0.2.15, dst_endpoint.port=22, connection_info.uid=f-1, firewall_rule.name=text, firewall_rule.type=rule, action_id=1, disposition_id=1, unmapped.record=text
          forward-refused           | 4001 | 5  | 2 | actor.user.name=text, dst_endpoint.hostname=text, dst_endpoint.port=22, connection_info.uid=f-1, firewall_rule.name=no-rule, firewall_rule.type=denial, status_code=no-rule, status_detail=text, action_id=2, disposition_id=2
          forward-failed            | 4001 | 4  | 2 | firewall_rule.name=text, status_detail=text, action_id=1, src_endpoint.ip=203.0.113.7
          forward-closed            | 4001 | 2  | 1 | traffic.bytes_out=100, traffic.bytes_in=200, duration=1500, firewall_rule.name=text, status_detail=text, dst_endpoint.ip=10.0.2.15, app_protocol_name=text, unmapped.client_version=text, unmapped.client_hassh=c-hassh, unmapped.server_version=text, unmapped.server_hassh=text, unmapped.series.1.seconds=2, unmapped.series.1.bytes_out=40, unmapped.series.1.packets_in=5, traffic.packets_out=6, traffic.packets_in=8
          known-hosts-changed       | 6002 | 99 | 1 | unmapped.added.0=text, unmapped.added_count=1, unmapped.removed.1=x, unmapped.removed_count=2
          target-keys-forgotten     | 6002 | 99 | 1 | activity_name=Target Keys Forgotten, actor.user.name=text, unmapped.target=text, unmapped.behalf=text, unmapped.keys.1=x, unmapped.keys_count=2
          second-factor-changed     | 3001 | 10 | 1 | activity_name=MFA Factor Enable, user.name=text, actor.user.name=text, unmapped.plugin=text
          session-opened            | 4007 | 1  | 1 | connection_info.uid=s-1, actor.user.name=text, src_endpoint.ip=203.0.113.7, dst_endpoint.hostname=text, dst_endpoint.ip=10.0.2.15, dst_endpoint.port=22, firewall_rule.name=text, unmapped.login=text, unmapped.way=text, unmapped.kind=text, unmapped.command=text, action_id=1
          session-closed            | 4007 | 2  | 1 | connection_info.uid=s-1, unmapped.kind=text, unmapped.command=text, unmapped.exit_status=3, unmapped.exit_signal=text, duration=1500, traffic.bytes_out=100, traffic.bytes_in=200, status_detail=text
          session-failed            | 4007 | 4  | 2 | connection_info.uid=s-1, unmapped.login=text, status_detail=text
          file-transferred          | 4008 | 1  | 1 | connection_info.uid=s-1, activity_name=Put, file.name=text, file.path=/d/text, file.type_id=1, file.hashes.0.algorithm_id=3, file.hashes.0.value=ab12, traffic.bytes_out=300, app_protocol_name=text, unmapped.login=text
          file-changed              | 4008 | 5  | 2 | connection_info.uid=s-1, activity_name=Rename, file.path=text, unmapped.new_path=text, unmapped.detail=text, status_detail=text
          target-key-accepted       | 4007 | 99 | 1 | connection_info.uid=s-1, severity_id=2, unmapped.key_type=text, unmapped.key_fingerprint=text, unmapped.how=text
          target-key-refused        | 4007 | 5  | 2 | connection_info.uid=s-1, severity_id=4, action_id=2, unmapped.key_type=text, unmapped.key_fingerprint=text, status_detail=text
          recording-started         | 1001 | 1  | 1 | connection_uid=s-1, actor.user.name=text, file.path=/r/text, file.type_id=2, firewall_rule.name=text, unmapped.source=203.0.113.7:51234, unmapped.target_host=text, unmapped.target_port=22, unmapped.address=10.0.2.15:22, unmapped.login=text, unmapped.way=text
          recording-finalised       | 1001 | 3  | 1 | connection_uid=s-1, severity_id=3, file.size=4000, unmapped.files.0.name=0.cast, unmapped.files.0.sha256=cd34, unmapped.files.1.name=text, unmapped.files.1.sha256=ab12, unmapped.truncated=true, status_detail=text
          recording-failed          | 1001 | 99 | 2 | connection_uid=s-1, severity_id=4, action_id=2, file.name=s-1, unmapped.session_goes_on=false, status_detail=text
          recording-removed         | 1001 | 4  | 1 | connection_uid=s-1, actor.app_name=Sallyport, file.path=/r/text, unmapped.manifest_sha256=ab12, status_detail=text
          recording-read            | 1001 | 2  | 1 | connection_uid=s-1, actor.user.name=text, file.path=/r/text, file.type_id=2, unmapped.how=text, unmapped.behalf=text
          recordings-space          | 6002 | 99 | 2 | severity_id=4, activity_name=Recordings Space Low, unmapped.free_bytes=5000, unmapped.reserve_bytes=9000, unmapped.low=true
          """)
  void saysWhatAnAuditorAsksFor(
      String code, int classUid, int activity, int status, String attributes) {
    JsonNode json = encode(sample(code));

    assertThat(json.path("class_uid").intValue()).isEqualTo(classUid);
    assertThat(json.path("activity_id").intValue()).isEqualTo(activity);
    assertThat(json.path("status_id").intValue()).isEqualTo(status);
    for (String attribute : attributes.split(", ")) {
      String[] pair = attribute.split("=", 2);
      String pointer = "/" + pair[0].replace('.', '/');
      assertThat(json.at(pointer).asString("missing")).as(pair[0]).isEqualTo(pair[1]);
    }
  }

  private static AuditEvent sample(String code) {
    return Samples.all("text").stream()
        .filter(event -> Kind.of(event).code().equals(code))
        .findFirst()
        .orElseThrow();
  }

  static List<AuditEvent> samples() {
    return Samples.all("text");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void hasWhatOcsfRequiresOfEveryEvent(AuditEvent event) {
    JsonNode json = encode(event);
    int classUid = json.path("class_uid").intValue();

    assertThat(json.path("category_uid").intValue()).isEqualTo(classUid / 1000);
    assertThat(json.path("type_uid").intValue())
        .isEqualTo(classUid * 100 + json.path("activity_id").intValue());
    assertThat(json.path("severity_id").intValue()).isPositive();
    assertThat(json.path("time").longValue()).isEqualTo(event.at().toEpochMilli());
    JsonNode metadata = json.path("metadata");
    assertThat(metadata.path("version").stringValue()).isEqualTo("1.8.0");
    assertThat(metadata.path("sequence").longValue()).isEqualTo(7);
    assertThat(metadata.path("log_name").stringValue()).isEqualTo("audit");
    assertThat(metadata.path("product").path("name").stringValue()).isEqualTo("Sallyport");
    assertThat(metadata.path("product").path("version").stringValue()).isEqualTo("1.2.3");
    assertThat(metadata.path("uid").stringValue())
        .isNotEqualTo(encode(event).path("metadata").path("uid").stringValue());
    assertThat(json.path("device").path("hostname").stringValue()).isEqualTo("bastion");
    assertThat(metadata.path("correlation_uid").asString(""))
        .isEqualTo(event instanceof AuditEvent.OfConnection ? "c-1" : "");
    assertThat(metadata.path("profiles").toString().contains("security_control"))
        .isEqualTo(json.has("action_id"));
  }

  static List<AuditEvent> hostile() {
    return Samples.all(HOSTILE);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileTextStaysInsideItsStringsAndIsPrintableAscii(AuditEvent event) {
    String line = new String(OcsfEncoder.line(ENCODER.encode(event), 1), StandardCharsets.UTF_8);

    assertThat(line).matches("[ -~]*\n");
    Set<String> texts = new HashSet<>();
    collect(SafeJson.MAPPER.readTree(line), texts);
    assertThat(texts).doesNotContain("forged");
    if (hasText(event)) {
      assertThat(texts).contains(HOSTILE.replace("\ud800 ", "\uFFFD "));
    }
  }

  private static boolean hasText(AuditEvent event) {
    return Stream.of(event.getClass().getRecordComponents())
        .map(RecordComponent::getType)
        .anyMatch(type ->
            type == String.class
                || type == AuditEvent.Forward.class
                || type == AuditEvent.Evidence.class
                || type == SessionFacts.class
                || type == List.class
                || type == Map.class);
  }

  /** All names and texts. */
  private static void collect(JsonNode node, Set<String> texts) {
    if (node.isString()) {
      texts.add(node.stringValue());
    }
    node.propertyNames().forEach(texts::add);
    node.forEach(child -> collect(child, texts));
  }

  static List<AuditEvent> endless() {
    return Samples.all("\u0000".repeat(65536));
  }

  @ParameterizedTest
  @MethodSource("endless")
  void endlessTextIsCutAndSaysSo(AuditEvent event) {
    byte[] line = OcsfEncoder.line(ENCODER.encode(event), 1);

    String json = new String(line, StandardCharsets.UTF_8);
    int most = json.contains("\"file\":{") ? AuditLog.BATCH_BYTES / 4 : 72 * 1024;
    assertThat(line.length).isLessThan(most);
    if (hasText(event)) {
      assertThat(json).contains("... (65536 characters)");
    }
  }

  @Test
  void neverCutsACharacterInTwo() {
    String text = "x" + "\ud83d\ude00".repeat(SafeJson.LONGEST_TEXT);

    assertThat(SafeJson.bounded(text)).contains("\ud83d\ude00\uFFFD...");
  }

  @ParameterizedTest
  @CsvSource({
    "10.9.9.9,10.9.9.9",
    "2001:db8::1,2001:db8::1",
    "010.9.9.9,missing",
    "10.9,missing",
    "0x0a090909,missing",
    "168364297,missing",
    "[::1],missing",
    "fe80::1%eth0,missing",
    "db.internal,missing",
    "'',missing"
  })
  void onlyAnAddressInItsOwnSpellingIsAnAddress(String host, String ip) {
    JsonNode endpoint = encode(refused(new Target(host, 22))).path("dst_endpoint");

    assertThat(endpoint.path("hostname").stringValue()).isEqualTo(host);
    assertThat(endpoint.path("ip").asString("missing")).isEqualTo(ip);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,missing",
    "65535,65535,missing",
    "65536,missing,65536",
    "4294967295,missing,4294967295"
  })
  void portsThatAreNoneAreToldBesideTheEndpoint(long asked, String port, String unmapped) {
    JsonNode json = encode(refused(new Target("h", asked)));

    assertThat(json.path("dst_endpoint").path("port").asString("missing")).isEqualTo(port);
    assertThat(json.path("unmapped").path("requested_port").asString("missing"))
        .isEqualTo(unmapped);
  }

  private static AuditEvent refused(Target target) {
    return new AuditEvent.ForwardRefused(
        Samples.AT,
        Samples.CONNECTION,
        new AuditEvent.Forward("f-1", "alice", target),
        new dev.sallyport.model.Denial(dev.sallyport.model.Denial.Reason.NO_RULE, "text"));
  }

  @Test
  void scopeOfALinkLocalSourceIsNotPartOfItsAddress() throws Exception {
    InetAddress scoped =
        Inet6Address.getByAddress("", InetAddress.getByName("fe80::1").getAddress(), 1);
    AuditEvent.Connection connection =
        new AuditEvent.Connection(
            Samples.CONNECTION.id(), new InetSocketAddress(scoped, 1), Samples.CONNECTION.local());

    assertThat(
            encode(new AuditEvent.ConnectionOpened(Samples.AT, connection))
                .path("src_endpoint")
                .path("ip")
                .stringValue())
        .isEqualTo("fe80:0:0:0:0:0:0:1");
  }

  /** Leaves lines of every kind for a validator of the OCSF schemas. */
  @Test
  void leavesSamplesOfEveryKindForAValidator() throws Exception {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (String text :
        List.of("text", HOSTILE, "10.0.2.15", "2001:db8::1", "\u0000".repeat(65536))) {
      for (AuditEvent event : Samples.all(text)) {
        lines.writeBytes(OcsfEncoder.line(ENCODER.encode(event), 1));
      }
    }
    Path file = Path.of("target", "ocsf-samples.jsonl");
    Files.write(file, lines.toByteArray());

    assertThat(Files.readAllLines(file)).hasSize(5 * Samples.all("text").size());
  }
}
