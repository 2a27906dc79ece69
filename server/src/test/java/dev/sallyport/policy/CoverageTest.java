package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.spi.Cidr;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.0.0.0/8                       | 10.1.0.0/16     | true
          10.1.0.0/16                      | 10.0.0.0/8      | false
          10.0.0.0/9 10.128.0.0/9          | 10.0.0.0/8      | true
          10.128.0.0/9 10.0.0.0/9          | 10.0.0.0/8      | true
          10.0.0.0/9 10.192.0.0/10         | 10.0.0.0/8      | false
          10.0.0.0/9 10.0.0.0/24 10.128.0.0/9 | 10.0.0.0/8   | true
          0.0.0.0/1 128.0.0.0/1            | 0.0.0.0/0       | true
          0.0.0.0/1 128.0.0.0/2 192.0.0.0/3 224.0.0.0/4 | 0.0.0.0/0 | false
          ::/0                             | 10.0.0.0/8      | false
          0.0.0.0/0                        | ::/0            | false
          ::/1 8000::/1                    | ::/0            | true
          ::fffe:1:0/112                   | ::fffe:0:0/95   | false
          10.0.0.1                         | 10.0.0.1        | true
          10.0.0.1                         | 10.0.0.2        | false
          255.255.255.255                  | 255.255.255.255 | true
          """)
  void networksCoverAnotherWhenTheyLeaveNoGap(String networks, String wanted, boolean covered) {
    List<Cidr> all = Stream.of(networks.split(" ")).map(Cidr::parse).toList();
    assertThat(Coverage.covers(all, Cidr.parse(wanted))).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0/0", "10.0.0.1"})
  void nothingCoversNoAddress(String wanted) {
    assertThat(Coverage.covers(List.of(), Cidr.parse(wanted))).isFalse();
  }
}
