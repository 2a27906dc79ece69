package dev.sallyport.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.gateway.prompt.GatewayCommand.Reading;
import dev.sallyport.gateway.prompt.GatewayCommand.TerminalUse;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayCommandTest {
  private static GatewayCommand understood(String line) {
    return switch (GatewayCommand.parse(line, "alice")) {
      case Reading.Understood(GatewayCommand command) -> command;
      case Reading.Refused(String sentence) -> throw new AssertionError(line + ": " + sentence);
    };
  }

  private static String refused(String line) {
    return switch (GatewayCommand.parse(line, "alice")) {
      case Reading.Understood(GatewayCommand command) ->
          throw new AssertionError(line + " is " + command);
      case Reading.Refused(String sentence) -> sentence;
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ssh ec2-user@10.0.2.15                   | ec2-user@10.0.2.15
          ssh 10.0.2.15                            | alice@10.0.2.15
          ssh   web.internal                       | alice@web.internal
          ssh WEB.internal.                        | alice@web.internal
          ssh -l bob web                           | bob@web
          ssh -lbob web                            | bob@web
          ssh web -l bob                           | bob@web
          ssh -p 2222 web                          | alice@web:2222
          ssh -p2222 web                           | alice@web:2222
          ssh web -p 2222                          | alice@web:2222
          ssh -tp 2222 web                         | alice@web:2222
          ssh -l bob ann@web                       | bob@web
          ssh ann@web -l bob                       | ann@web
          ssh -p 1 web -p 2                        | alice@web:1
          ssh fd00::5                              | alice@fd00::5
          ssh bob@[fd00::5]                        | bob@fd00::5
          ssh -p 2222 bob@fd00::5                  | bob@[fd00::5]:2222
          ssh ssh://web                            | alice@web
          ssh ssh://bob@web:2222                   | bob@web:2222
          ssh ssh://bob@web:2222/                  | bob@web:2222
          ssh SSH://bob@[fd00::5]:2222             | bob@[fd00::5]:2222
          ssh ssh://bob@[fd00::5]                  | bob@fd00::5
          ssh -p 1 ssh://web:2                     | alice@web:1
          ssh CORP\\\\bob@web                      | CORP\\bob@web
          ssh bob@corp.example@web                 | bob@corp.example@web
          ssh 'ec2-user'@"web"                     | ec2-user@web
          ssh -- web                               | alice@web
          ssh -t -A -- bob@web                     | bob@web
          """)
  void readsWhoAndWhere(String line, String target) {
    assertThat(understood(line).target()).isEqualTo(target);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          ssh web uptime                            | uptime
          ssh web   ls  -l                          | ls  -l
          ssh web echo "a  b" 'c'                   | echo "a  b" 'c'
          ssh web cd /srv && ls > n; id & id        | cd /srv && ls > n; id & id
          ssh web echo it's                         | echo it's
          ssh web $(id) `id` $HOME ~ *              | $(id) `id` $HOME ~ *
          ssh web 'cd /srv && make'                 | cd /srv && make
          ssh web "cd \\"/srv\\" && make"           | cd "/srv" && make
          ssh web 'echo a' 'b'                      | 'echo a' 'b'
          ssh web 'a'b                              | 'a'b
          ssh web 'a''b'                            | 'a''b'
          ssh web ls -t                             | ls -t
          ssh web -t ls -t                          | ls -t
          ssh web -- -x                             | -x
          ssh web -                                 | -
          ssh web -''                               | -''
          ssh -- web -x                             | -x
          ssh web ssh -L 1:b:2 c                    | ssh -L 1:b:2 c
          """)
  void takesWhatFollowsTheHostAsItIs(String line, String command) {
    assertThat(understood(line).command()).contains(command);
  }

  @Test
  void keepsEveryCharacterOfTheCommand() {
    String command = "printf '%s' a | cat; '\u00e9\t\u0001\\n' \n second line  ";
    assertThat(understood("ssh web " + command).command()).contains(command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh web",
        "ssh web ",
        "ssh web\n",
        "\tssh\tweb\t",
        "ssh web --",
        "ssh web -t",
        "ssh web ''"
      })
  void withoutACommandItIsAShell(String line) {
    assertThat(understood(line).command()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "ssh web, AS_CLIENT",
    "ssh -t web, AS_CLIENT",
    "ssh -tt web, ALWAYS",
    "ssh -t -t web, ALWAYS",
    "ssh -t web -t, ALWAYS",
    "ssh -T web, NEVER",
    "ssh -tT web, NEVER",
    "ssh -Tt web, AS_CLIENT",
    "ssh -tTt web, AS_CLIENT",
  })
  void readsWhetherThereIsATerminal(String line, TerminalUse terminal) {
    assertThat(understood(line).terminal()).isEqualTo(terminal);
  }

  @Test
  void asksForTheAgentOnlyWithA() {
    assertThat(understood("ssh web").agent()).isFalse();
    assertThat(understood("ssh -A web").agent()).isTrue();
    assertThat(understood("ssh -At web").agent()).isTrue();
    assertThat(understood("ssh -A -a web").agent()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ssh -L 1:b:2 web      | ssh -L is not for the gateway: the bastion opens no ports for you: use it on your own ssh, with -J
          ssh -NL 1:b:2 web     | ssh -N is not for the gateway: the bastion opens no ports for you: use it on your own ssh, with -J
          ssh -J other web      | ssh -J is not for the gateway: the bastion is the only hop: name the target itself
          ssh -W b:2 web        | ssh -W is not for the gateway: the bastion opens no ports for you: use it on your own ssh, with -J
          ssh -X web            | ssh -X is not for the gateway: X11 is not forwarded by this bastion: leave it out
          ssh -v web            | ssh -v is not for the gateway: the second connection prints nothing: use it on your own ssh
          ssh -oProxyCommand=id web | ssh -o is not for the gateway: the bastion's ssh cannot be configured here: leave it out
          ssh -i key.pem web    | ssh -i is not for the gateway: the rule that lets you through names the key: leave it out
          ssh -s web sftp       | ssh -s is not for the gateway: subsystems such as sftp need your own client: use sftp -J
          ssh -z web            | ssh -z is not for the gateway: there are only -l login, -p port, -t, -T, -A
          ssh --help            | ssh --help is not for the gateway: there are only -l login, -p port, -t, -T, -A
          ssh web -L 1:b:2      | ssh -L is not for the gateway: the bastion opens no ports for you: use it on your own ssh, with -J
          """)
  void refusesOtherOptionsByName(String line, String sentence) {
    assertThat(refused(line)).isEqualTo(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          ssh                   | the command has no host: write ssh <login>@<private server> [command]
          ssh -t                | the command has no host
          ssh --                | the command has no host
          ssh -p                | the command has no value after -p
          ssh -l                | the command has no value after -l
          ssh 'web              | the command has an unmatched '
          ssh "web              | the command has an unmatched "
          ssh web\\             | the command ends with a \\ that quotes nothing
          ssh -p 0 web          | 0 is not a port: write a number from 1 to 65535
          ssh -p 65536 web      | 65536 is not a port
          ssh -p +22 web        | +22 is not a port
          ssh ssh://web:        |  is not a port
          ssh web:ssh           | web:ssh is not an IPv6 address
          ssh fd00::zz          | fd00::zz is not an IPv6 address
          ssh 127.1             | 127.1 is an unusual spelling of an address
          ssh ''                | the host is empty
          ssh bob@              | the host is empty
          ssh @web              |  is not a login: 1 to 255 printable ASCII characters
          ssh -l -oX web        | -oX is not a login
          ssh -- -oX@web        | -oX is not a login
          ssh -l 'a b' web      | a b is not a login
          ssh ../../etc         | ../../etc has a character that no host name has
          ssh web;id            | web;id has a character that no host name has
          """)
  void saysWhatIsWrong(String line, String sentence) {
    assertThat(refused(line)).startsWith(sentence.startsWith("is no") ? " " + sentence : sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ssh web:2222                           | web:2222 has a port, which ssh wants after -p: write ssh -p 2222 web
          ssh ec2-user@10.0.2.15:2222 uptime     | 10.0.2.15:2222 has a port, which ssh wants after -p: write ssh -p 2222 ec2-user@10.0.2.15
          ssh -l bob Web.internal.:22            | Web.internal.:22 has a port, which ssh wants after -p: write ssh -p 22 bob@web.internal
          ssh bob@[fd00::5]:2222                 | [fd00::5]:2222 has a port, which ssh wants after -p: write ssh -p 2222 bob@fd00::5
          ssh 1:2:3:4:5:6:7:8:22                 | 1:2:3:4:5:6:7:8:22 has a port, which ssh wants after -p: write ssh -p 22 1:2:3:4:5:6:7:8
          ssh web:70000                          | 70000 is not a port: write a number from 1 to 65535
          """)
  void saysWhereThePortBelongs(String line, String sentence) {
    assertThat(refused(line)).isEqualTo(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "ssh -p 2222 web, web, 2222",
    "ssh -p 2222 ec2-user@10.0.2.15, 10.0.2.15, 2222",
    "ssh fd00::5:2222, fd00::5:2222, 22",
    "ssh ::1:22, ::1:22, 22",
    "ssh [fd00::5], fd00::5, 22"
  })
  void theCommandThatIsNamedWorksAndAnIpv6AddressIsNoHostWithAPort(
      String line, String host, int port) {
    assertThat(understood(line).host().text()).isEqualTo(host);
    assertThat(understood(line).port()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scp -t /tmp/file                       | use scp -J alice@<this bastion>
          scp file web:                          | use scp -J
          /usr/lib/openssh/sftp-server           | use sftp -J
          sftp web                               | use sftp -J
          rsync --server . /tmp                  | use rsync -e 'ssh -J
          git-upload-pack 'a.git'                | GIT_SSH_COMMAND='ssh -J
          mosh-server new                        | use ssh -J
          cat /etc/passwd                        | this bastion runs no commands, so not cat: write ssh <login>@<private server> <command>
          /bin/sh -c id                          | this bastion runs no commands, so not /bin/sh
          SSH web                                | this bastion runs no commands, so not SSH
          sshx web                               | this bastion runs no commands, so not sshx
          ssh;id                                 | this bastion runs no commands, so not ssh;id
          """)
  void refusesOtherProgramsAndSaysWhatToDo(String line, String part) {
    assertThat(refused(line)).contains(part);
  }

  @Test
  void anEmptyLineIsRefused() {
    assertThat(refused(" \t ")).startsWith("the command is empty");
  }

  @Test
  void escapesWhatItQuotes() {
    assertThat(refused("\u001b[2J\u202e")).contains("\\u001b[2J\\u202e");
    assertThat(refused("ssh w\u0007b")).startsWith("w\\u0007b has a character");
    assertThat(refused("ssh -\u0007 web")).startsWith("ssh that option");
    assertThat(refused("ssh --\u0007 web")).startsWith("ssh --\\u0007");
    assertThat(refused("x".repeat(100_000))).hasSizeLessThan(200);
  }

  @Test
  void aUserWhoseNameIsNoLoginMustNameOne() {
    assertThat(GatewayCommand.parse("ssh web", "al ice"))
        .isInstanceOfSatisfying(
            Reading.Refused.class,
            refused -> assertThat(refused.sentence()).startsWith("al ice is not a login"));
    assertThat(GatewayCommand.parse("ssh bob@web", "al ice"))
        .isInstanceOf(Reading.Understood.class);
  }
}
