package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.Host;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import org.junit.jupiter.api.Test;

/** The two classes that ask the machine. */
class SystemTest {
  @Test
  void resolvesWhatTheMachineKnows() throws Exception {
    assertThat(new SystemResolver().resolve(new Host.Name("localhost")))
        .isNotEmpty()
        .allMatch(InetAddress::isLoopbackAddress);
  }

  @Test
  void failsForANameThatCannotExist() {
    assertThatThrownBy(() -> new SystemResolver().resolve(new Host.Name("nowhere.invalid")))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void keepsNoAnswer() {
    SystemResolver resolver = new SystemResolver();
    assertThat(resolver).isNotNull();
    assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("0");
    assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
  }

  @Test
  void listsTheAddressesOfTheInterfacesAndKeepsThemForAWhile() throws Exception {
    OwnAddresses own = new OwnAddresses();
    assertThat(own.addresses()).contains(Samples.address("127.0.0.1"));
    assertThat(own.addresses()).isSameAs(own.addresses());
  }
}
