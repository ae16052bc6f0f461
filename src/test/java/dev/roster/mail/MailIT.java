package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Mails;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@QuarkusIntegrationTest
@DisplayName("The packaged service")
class MailIT {

    @ParameterizedTest
    @EnumSource
    @DisplayName("sends each kind of mail that it finds in the outbox")
    void sends(MailKind kind) {
        String recipient = Caller.newEmail();
        Map<String, String> values =
                kind.fields().stream()
                        .collect(
                                Collectors.toMap(
                                        field -> field,
                                        field ->
                                                field.equals("url") ? "http://a.example/" : field));
        Mails.leave(kind.name(), recipient, "ar-EG", values);

        Mails.Mail mail = Mails.last(kind.name(), recipient);

        Map<String, String> kept = new TreeMap<>(values);
        kept.keySet().removeIf(name -> !name.equals("url") && !name.equals("code"));
        assertEquals(kept, new TreeMap<>(mail.values()));
        assertEquals("ar", mail.locale());
    }
}
