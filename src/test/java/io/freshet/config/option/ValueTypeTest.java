package io.freshet.config.option;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValueTypeTest {
  @ParameterizedTest
  @CsvSource({
    "file:///data/x, file:///data/x",
    "file:///my data/x, file:///my data/x",
    "file:///my%20data/x, file:///my data/x",
    "file:///donn%C3%A9es, file:///données",
    "file:///données, file:///données",
    "file:///a+b, file:///a+b",
    "file:/data, file:/data",
    "s3://bucket, s3://bucket",
    "s3://bucket/a b, s3://bucket/a b",
    "hdfs:///a, hdfs:///a"
  })
  void directoriesMayBeEncodedOrNot(String text, String value) {
    assertThat(ValueType.directory().parse().apply(text)).contains(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/data",
        "data",
        "file:data",
        "file://data/x",
        "s3://",
        "file:///100%",
        "file:///a%zz",
        "file:///a%00b",
        "file:///%ff",
        ":///x"
      })
  void whatIsNoDirectoryIsRefused(String text) {
    assertThat(ValueType.directory().parse().apply(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka:9092",
        "kafka-1:9092, kafka-2:9092",
        "127.0.0.1:9092",
        "[::1]:9092",
        "[fe80::1%eth0]:9092,kafka:9092",
        "[::ffff:10.0.0.1]:9092"
      })
  void serversMayBeOfIpV6(String text) {
    assertThat(ValueType.servers().parse().apply(text)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"kafka", "::1:9092", "[::1]", "[]:9092", "[::1:9092", "[kafka]:9092", "a:b"})
  void whatIsNoServerIsRefused(String text) {
    assertThat(ValueType.servers().parse().apply(text)).isEmpty();
  }
}
