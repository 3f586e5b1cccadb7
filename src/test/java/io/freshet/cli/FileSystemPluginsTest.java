package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** With plugins it is tried by {@code S3ITCase}, for it holds for the whole process. */
final class FileSystemPluginsTest {
  @Test
  void withoutAFolderOfPluginsNothingIsLoaded() {
    assertThatCode(() -> FileSystemPlugins.load(Map.of())).doesNotThrowAnyException();
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> FileSystemPlugins.load(Map.of("FLINK_PLUGINS_DIR", "/nowhere")))
        .hasMessageStartingWith("FLINK_PLUGINS_DIR is /nowhere, which is no folder");
  }
}
