package dev.sallyport.lab;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small cloud, made once a run:
 *
 * <pre>
 *   client ── internet ── gateway ── public ── bastion ── private ── web, db, names
 * </pre>
 *
 * <p>The private network is internal: nothing but what is on it can reach it. The gateway routes
 * between the internet and the public network without changing addresses, so that the bastion sees
 * the client's own.
 */
final class Vpc implements AutoCloseable {
  /** Users of the bastion, each with a key of the same name in the client's home folder. */
  private static final List<String> USERS =
      List.of("alice", "bob", "carol", "mallory", "rita", "carl", "agnes", "vera", "ines");

  /** Of ec2-user on the targets, for sudo. */
  static final String PASSWORD = "Xq7-never-in-a-record";

  /** What sshd of a target says. */
  static final String SSHD_LOG = "/var/log/sshd.log";

  private static final String FOUNDING_KEY = "local-to-bastion.pem";
  private static final String TARGET_KEY = "bastion-to-private.pem";

  private final Deque<Runnable> opened = new ArrayDeque<>();
  private final Map<String, String> publicKeys = new LinkedHashMap<>();
  private final String bastionImage;
  private final String machineImage;
  private final LabNetwork internet;
  private final LabNetwork publicNetwork;
  private final LabNetwork privateNetwork;
  private final Machine gateway;
  private final Machine names;
  private final Machine client;
  private final Machine web;
  private final Machine db;
  private final Bastion bastion;

  private Vpc() {
    Machine.removeLeftovers();
    bastionImage = Images.bastion();
    machineImage = Images.machine();
    internet = opened(LabNetwork.open("internet"));
    publicNetwork = opened(LabNetwork.open("public"));
    privateNetwork = opened(LabNetwork.internal("private", "fd53:a11e:b0a7:2::/64"));
    gateway = opened(machine(internet, publicNetwork).withForwarding().start());
    client = opened(machine(internet).start());
    web = opened(machine(privateNetwork).start());
    db = opened(machine(privateNetwork).start());
    names = opened(machine(privateNetwork).withFile("/etc/lab-zone", "").start());
    client
        .run(
            "ip route add %s via %s"
                .formatted(publicNetwork.ipv4Subnet(), gateway.address(internet)))
        .succeeds();
    makeKeys();
    startTarget(web, "web");
    startTarget(db, "db");
    names.background("names", "python3 /usr/local/lib/lab/names.py");
    bastion = Bastion.of(this, "bastion").start();
    opened.push(bastion::close);
    String userCa = bastion.sallyport("user-ca show").succeeds().out();
    web.write("/etc/ssh/user_ca.pub", userCa);
    db.write("/etc/ssh/user_ca.pub", userCa);
  }

  /** Makes all of it, or nothing. */
  static Vpc start() {
    try {
      return new Vpc();
    } catch (RuntimeException | AssertionError e) {
      Machine.removeLeftovers();
      throw e;
    }
  }

  private Machine machine(LabNetwork... networks) {
    return Machine.of(machineImage, "root", List.of(networks)).withNetworkAdministration();
  }

  private Machine opened(Machine part) {
    opened.push(part::close);
    return part;
  }

  private LabNetwork opened(LabNetwork part) {
    opened.push(part::close);
    return part;
  }

  /** The keys as users have them: RSA in PEM as AWS issues them, ed25519 for the others. */
  private void makeKeys() {
    client
        .run("ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -C founding -f " + FOUNDING_KEY)
        .succeeds();
    client.run("ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -C targets -f " + TARGET_KEY).succeeds();
    publicKeys.put("ec2-user", client.read("/root/" + FOUNDING_KEY + ".pub").strip());
    for (String user : USERS) {
      client.run("ssh-keygen -q -t ed25519 -N '' -C %1$s -f %1$s".formatted(user)).succeeds();
      publicKeys.put(user, client.read("/root/" + user + ".pub").strip());
    }
    client.write(
        "/etc/ssh/ssh_config.d/lab.conf",
        """
        Host web db
          User ec2-user
          IdentityFile /root/%s
          IdentitiesOnly yes
        # The same targets for users whose sessions are recorded: they have no key, and trust the bastion's host CA.
        Host recorded-*
          User ec2-user
          IdentityFile none
          UserKnownHostsFile /root/recorded_hosts
          StrictHostKeyChecking yes
        Host *
          StrictHostKeyChecking accept-new
          NoHostAuthenticationForLocalhost yes
        """
            .formatted(TARGET_KEY));
  }

  private void startTarget(Machine target, String name) {
    String key = client.read("/root/" + TARGET_KEY + ".pub").strip();
    target
        .run(
            "install -d -m 700 -o ec2-user -g ec2-user /home/ec2-user/.ssh"
                + " && echo '%s' >/home/ec2-user/.ssh/authorized_keys".formatted(key)
                + " && echo %s >/etc/instance".formatted(name)
                + " && echo ec2-user:%s | chpasswd && adduser -q ec2-user sudo".formatted(PASSWORD)
                + " && /usr/sbin/sshd -E %s -o TrustedUserCAKeys=/etc/ssh/user_ca.pub"
                    .formatted(SSHD_LOG))
        .succeeds();
    target.background("services", "python3 /usr/local/lib/lab/services.py");
    target.background("http", "cd /etc && python3 -m http.server 8000");
    client
        .run(
            "printf 'Host %1$s recorded-%1$s\\n  HostName %2$s\\n' >>/root/hosts"
                .formatted(name, target.address(privateNetwork)))
        .succeeds();
    client.run("mkdir -p .ssh && cp hosts .ssh/config").succeeds();
  }

  /**
   * Tells the client's ssh of a bastion: {@code <name>} is alice there, {@code bob@<name>} is bob.
   */
  void introduce(String name, String address) {
    client
        .run(
            """
            ssh-keygen -R %2$s >/dev/null 2>&1
            printf 'Host %1$s\\n  HostName %2$s\\n  User alice\\n  IdentitiesOnly yes\\n' >>hosts
            for user in %3$s; do
              printf 'Match originalhost %1$s user %%s\\n  IdentityFile /root/%%s\\n' $user $user
            done >>hosts
            cp hosts .ssh/config
            """
                .formatted(name, address, String.join(" ", USERS)))
        .succeeds();
  }

  /** Has the client believe what a bastion certifies, by the line that its operator handed out. */
  void trustHostCa(String knownHostsLine) {
    client.run("echo '%s' >>/root/recorded_hosts".formatted(knownHostsLine)).succeeds();
  }

  /** One more machine of the private network, before it starts. */
  Machine privateMachine() {
    return machine(privateNetwork);
  }

  /** The addresses of the private network. */
  String privateSubnet() {
    return privateNetwork.ipv4Subnet();
  }

  /** Gives a machine the way back to the client. */
  void routeToInternet(Machine machine) {
    try (Machine beside = Machine.beside(machine, machineImage).start()) {
      beside
          .run(
              "ip route replace %s via %s"
                  .formatted(internet.ipv4Subnet(), gateway.address(publicNetwork)))
          .succeeds();
    }
  }

  /** What the bastions are told; who may go where is in its comments. */
  String configuration() {
    return """
    sallyport {
      listen = ["0.0.0.0:22"]
      state-dir = "/var/lib/sallyport"
      private-networks = ["%1$s", "%2$s"]
      auth.plugins = [{ type = authorized-keys, files = ["/etc/sallyport/keys/%%u"] }]
      groups { ops = [alice, bob] }
      # The tests fail to log in again and again, from one machine.
      penalties { exempt = ["0.0.0.0/0", "::/0"] }
      credentials {
        target-key = { type = key, file = "%4$s" }
        certificate = { type = ca }
        own-agent = { type = agent }
      }
      rules = [
        # Recorded, each with another credential. What rita types is not recorded, what carl types is.
        { name = recorded-key, users = [rita], record = session, logins = [ec2-user]
          to = ["%1$s:22", "%1$s:2222-2223", "%1$s:8000", "[%2$s]:22"], credential = target-key }
        { name = recorded-ca, users = [carl], record = session, logins = [ec2-user], input = true
          to = ["%1$s:22"], credential = certificate }
        { name = recorded-agent, users = [agnes], record = session, logins = [ec2-user]
          to = ["%1$s:22"], credential = own-agent, inner = [forward, agent] }
        # As an editor's remote mode wants it: its server takes a port of those that the kernel gives away.
        { name = recorded-editor, users = [vera], record = session, logins = [ec2-user]
          to = ["%1$s:22"], credential = target-key, inner = [forward] }
        { name = editor-server, users = [vera], to = ["%1$s:32768-60999"] }
        # Passwords too.
        { name = recorded-all, users = [ines], record = session, logins = [ec2-user]
          to = ["%1$s:22"], credential = target-key, input = true, input-without-echo = true }
        { name = inner-http, users = [agnes], to = ["%3$s:8000"] }
        # The founding commands.
        { name = founding, users = [ec2-user], to = ["%1$s:22"] }
        # Everything on the private network but port 23.
        { name = ops, groups = [ops], to = ["%1$s:22", "%1$s:7000-8000", "[%2$s]:22"] }
        # Never from where the client is.
        { name = from-elsewhere, users = [carol], source = ["192.0.2.77/32"], to = ["%1$s:22"] }
        # Rules that name what the built-in denials deny: they must not help.
        { name = greedy, groups = [ops], to = ["0.0.0.0/0:22", "[::/0]:22"] }
      ]
    }
    """
        .formatted(
            privateNetwork.ipv4Subnet(),
            privateNetwork.ipv6Subnet(),
            privateAddress(web),
            Bastion.TARGET_KEY);
  }

  /** What the bastions log in to the targets with. */
  String targetKey() {
    return client.read("/root/" + TARGET_KEY);
  }

  /** A key line a user. */
  Map<String, String> publicKeys() {
    return publicKeys;
  }

  String bastionImage() {
    return bastionImage;
  }

  List<LabNetwork> bastionNetworks() {
    return List.of(publicNetwork, privateNetwork);
  }

  LabNetwork publicNetwork() {
    return publicNetwork;
  }

  /** Where a user types. */
  Machine client() {
    return client;
  }

  /** The shared bastion. */
  Bastion bastion() {
    return bastion;
  }

  /** A target. */
  Machine web() {
    return web;
  }

  /** Another target. */
  Machine db() {
    return db;
  }

  /** The router of the public network: an address that the bastion can reach and must not. */
  Machine gateway() {
    return gateway;
  }

  /** The name server that bastions ask. */
  Machine names() {
    return names;
  }

  String nameServer() {
    return names.address(privateNetwork);
  }

  String privateAddress(Machine machine) {
    return machine.address(privateNetwork);
  }

  String privateIpv6Address(Machine machine) {
    return machine.ipv6Address(privateNetwork);
  }

  String publicAddress(Machine machine) {
    return machine.address(publicNetwork);
  }

  String internetAddress(Machine machine) {
    return machine.address(internet);
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
