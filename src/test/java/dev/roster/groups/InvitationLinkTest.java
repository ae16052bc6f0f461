package dev.roster.groups;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.platform.http.TrustedOrigins;
import dev.roster.testing.Caller;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("The page that mails of invitations link to")
class InvitationLinkTest {

    @Inject TrustedOrigins origins;

    private InvitationLink link(Map<String, String> settings) {
        return new InvitationLink(
                new SmallRyeConfigBuilder()
                        .withDefaultValues(settings)
                        .withConverter(Duration.class, 200, new DurationConverter())
                        .withMapping(OrganizationConfig.class)
                        .build()
                        .getConfigMapping(OrganizationConfig.class),
                origins);
    }

    private InvitationLink link(String url) {
        return link(Map.of("roster.organization.invitation-url", url));
    }

    @Test
    @DisplayName("is one of our own unless another is set")
    void usual() {
        assertEquals(Caller.ORIGIN + "/accept-invitation?id=x", link(Map.of()).to("x"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/join/{id}, /join/a%26b",
        "/join?from=mail, /join?from=mail&id=a%26b",
        "/join?invitation={id}&from=mail, /join?invitation=a%26b&from=mail"
    })
    @DisplayName("takes the id where it says, encoded")
    void placeholder(String url, String expected) {
        InvitationLink link = link(url);
        assertDoesNotThrow(() -> link.check(new StartupEvent()));
        assertEquals(Caller.ORIGIN + expected, link.to("a&b"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "https://evil.example/join",
                "//evil.example/join?to=\\",
                "@evil.example/join",
                "javascript:alert(1)",
                "join"
            })
    @DisplayName("is refused at the start when it is somebody else's")
    void foreign(String url) {
        InvitationLink link = link(url);
        ConfigurationException thrown =
                assertThrows(ConfigurationException.class, () -> link.check(new StartupEvent()));
        assertTrue(thrown.getMessage().startsWith("roster.organization.invitation-url "));
    }
}
