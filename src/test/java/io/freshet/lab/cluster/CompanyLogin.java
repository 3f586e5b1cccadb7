package io.freshet.lab.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;

/** A login plug-in as a company or a cloud has it, which makes tokens; packed into its own jar. */
public final class CompanyLogin implements AuthenticateCallbackHandler {
  private static final long HOUR = 3_600_000;

  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
    // makes tokens of the clock alone
  }

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (callback instanceof OAuthBearerTokenCallback wanted) {
        wanted.token(new Token(System.currentTimeMillis()));
      }
    }
  }

  @Override
  public void close() {
    // holds nothing
  }

  private record Token(long made) implements OAuthBearerToken {
    @Override
    public String value() {
      return base64("{\"alg\":\"none\"}")
          + "."
          + base64(
              "{\"sub\":\"learner\",\"iat\":%s,\"exp\":%s}"
                  .formatted(made / 1000, (made + HOUR) / 1000))
          + ".";
    }

    private static String base64(String text) {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public long lifetimeMs() {
      return made + HOUR;
    }

    @Override
    public String principalName() {
      return "learner";
    }

    @Override
    public Long startTimeMs() {
      return made;
    }
  }
}
