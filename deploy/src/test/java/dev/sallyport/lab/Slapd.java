package dev.sallyport.lab;

import java.time.Duration;

/**
 * OpenLDAP's server, Debian's own, with people and groups; it takes nothing that is not encrypted.
 */
final class Slapd implements AutoCloseable {
  /** How long the bastion waits for an answer; long, so that a test can tell who need not wait. */
  static final Duration TIMEOUT = Duration.ofSeconds(16);

  private static final String BASE = "dc=example,dc=com";
  private static final String READER = "cn=reader," + BASE;
  private static final String PASSWORD = "the-readers-Pa55";
  private static final String FOLDER = "/etc/ldap/lab/";

  private final Machine machine;
  private final String address;

  private Slapd(Machine machine, String address) {
    this.machine = machine;
    this.address = address;
  }

  /** Starts it with an authority of its own, and nobody in it. */
  static Slapd start(Vpc vpc) {
    Machine machine = vpc.privateMachine().start();
    Slapd slapd = new Slapd(machine, vpc.privateAddress(machine));
    try {
      slapd.begin();
      return slapd;
    } catch (RuntimeException | AssertionError e) {
      machine.close();
      throw e;
    }
  }

  private void begin() {
    machine.run("mkdir -p /etc/ldap/lab /var/lib/ldap/lab").succeeds();
    machine.write(
        FOLDER + "lpk.schema",
        """
        attributetype ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey'
          EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
        objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' SUP top AUXILIARY
          MAY ( sshPublicKey $ uid ) )
        """);
    machine.write(
        FOLDER + "slapd.conf",
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        include %1$slpk.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        pidfile /run/slapd-lab.pid
        TLSCACertificateFile %1$sca.pem
        TLSCertificateFile %1$sserver.pem
        TLSCertificateKeyFile %1$sserver.key
        security ssf=128
        database mdb
        suffix "%2$s"
        rootdn "cn=admin,%2$s"
        rootpw lab
        directory /var/lib/ldap/lab
        access to attrs=userPassword by anonymous auth by * none
        access to * by dn.exact="%3$s" read by * none
        """
            .formatted(FOLDER, BASE, READER));
    machine.write(
        FOLDER + "base.ldif",
        """
        dn: %1$s
        objectClass: dcObject
        objectClass: organization
        o: example
        dc: example

        dn: ou=people,%1$s
        objectClass: organizationalUnit

        dn: ou=groups,%1$s
        objectClass: organizationalUnit

        dn: %2$s
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        userPassword: %3$s
        """
            .formatted(BASE, READER, PASSWORD));
    machine
        .run(
            """
            set -e
            cd %1$s
            openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=lab 2>/dev/null
            openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=ldap 2>/dev/null
            echo 'subjectAltName=IP:%2$s' >names
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
              -out server.pem 2>/dev/null
            slapadd -f slapd.conf -l base.ldif
            /usr/sbin/slapd -f slapd.conf -h 'ldap:/// ldaps:///'
            """
                .formatted(FOLDER, address))
        .succeeds();
  }

  /** Adds a person with these keys, a line each, to these groups. */
  void person(String user, String key, String... groups) {
    change(
        """
        dn: uid=%1$s,ou=people,%2$s
        changetype: add
        objectClass: inetOrgPerson
        objectClass: ldapPublicKey
        uid: %1$s
        cn: %1$s
        sn: %1$s
        sshPublicKey: %3$s
        """
            .formatted(user, BASE, key));
    for (String group : groups) {
      change(
          """
          dn: cn=%1$s,ou=groups,%2$s
          changetype: add
          objectClass: groupOfNames
          member: uid=%3$s,ou=people,%2$s
          """
              .formatted(group, BASE, user));
    }
  }

  /** Takes the keys of a person away. */
  void removeKeys(String user) {
    change(
        """
        dn: uid=%s,ou=people,%s
        changetype: modify
        delete: sshPublicKey
        """
            .formatted(user, BASE));
  }

  /** Takes a person away. */
  void remove(String user) {
    change(
        """
        dn: uid=%s,ou=people,%s
        changetype: delete
        """
            .formatted(user, BASE));
  }

  private void change(String ldif) {
    machine.write(FOLDER + "change.ldif", ldif);
    machine
        .run(
            "LDAPTLS_CACERT=%1$sca.pem ldapmodify -ZZ -H ldap://%2$s -D cn=admin,%3$s -w lab -f"
                    .formatted(FOLDER, address, BASE)
                + " %schange.ldif".formatted(FOLDER))
        .succeeds();
  }

  /** What the bastion is told of it; the first server of the two is not there. */
  String plugin() {
    return """
    {
      type = ldap
      servers = ["ldaps://%1$s:1636", "ldap://%1$s"]
      ca-file = "/etc/sallyport/ldap-ca.pem"
      bind-dn = "%2$s"
      bind-password-file = "/etc/sallyport/ldap-password"
      base = "ou=people,%3$s"
      group-base = "ou=groups,%3$s"
      group-filter = "(&(objectClass=groupOfNames)(member=%%d))"
      fresh = "0 s"
      response-timeout = "%4$d s"
      timeout = "%4$d s"
    }
    """
        .formatted(address, READER, BASE, TIMEOUT.toSeconds());
  }

  String authority() {
    return machine.read(FOLDER + "ca.pem");
  }

  String password() {
    return PASSWORD + "\n";
  }

  /** From now on it takes connections, which the kernel does for it, and answers nothing. */
  void hang() {
    machine.run("kill -STOP $(cat /run/slapd-lab.pid)").succeeds();
  }

  void goOn() {
    machine.run("kill -CONT $(cat /run/slapd-lab.pid)").succeeds();
  }

  @Override
  public void close() {
    machine.close();
  }
}
