package dev.roster.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.mail.SmtpUrl.Starttls;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("ROSTER_SMTP_URL")
class SmtpUrlTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "smtp://mail.example, mail.example, 587, false, REQUIRED",
        "smtp://mail.example:2525/, mail.example, 2525, false, REQUIRED",
        "SMTP://mail.example?starttls=optional, mail.example, 587, false, OPTIONAL",
        "smtp://10.0.0.1:25?starttls=disabled, 10.0.0.1, 25, false, DISABLED",
        "smtp://localhost:1025, localhost, 1025, false, OPTIONAL",
        "smtp://127.0.0.1:1025, 127.0.0.1, 1025, false, OPTIONAL",
        "smtp://[::1]:1025, [::1], 1025, false, OPTIONAL",
        "smtp://localhost:1025?starttls=required, localhost, 1025, false, REQUIRED",
        "smtp://localhost.example, localhost.example, 587, false, REQUIRED",
        "smtps://mail.example, mail.example, 465, true, REQUIRED",
        "smtp://mail_server:2525, mail_server, 2525, false, REQUIRED",
    })
    @DisplayName("names a server, which has to offer STARTTLS unless it is on this machine")
    void servers(String url, String host, int port, boolean tls, Starttls starttls) {
        SmtpUrl parsed = SmtpUrl.parse(url);
        assertEquals(host, parsed.host());
        assertEquals(port, parsed.port());
        assertEquals(tls, parsed.tls());
        assertEquals(starttls, parsed.starttls());
        assertEquals(Optional.empty(), parsed.user());
    }

    @Test
    @DisplayName("holds user and password percent-encoded, and does not tell them")
    void login() {
        SmtpUrl url = SmtpUrl.parse("smtps://me%40a.example:a%2Fb%3A+%25@m.example?ca=/a%20b.pem");
        assertEquals(Optional.of("me@a.example"), url.user());
        assertEquals(Optional.of("a/b:+%"), url.password());
        assertEquals(Optional.of("/a b.pem"), url.ca());
        assertEquals("smtps://m.example:465", url.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pa$$word", "pa$word", "${word}", "pa\\word", "p@ss#\"<>^`{|}", "+&=;'"})
    @DisplayName("takes user and password as they are written, but for what ends them")
    void plainLogin(String password) {
        SmtpUrl url =
                SmtpUrl.parse("smtp://me:" + password + "@mail_server:587?starttls=optional\n");
        assertEquals(Optional.of(password), url.password());
        assertEquals(Optional.of("me"), url.user());
        assertEquals("mail_server", url.host());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hush",
                "mail.example:587",
                "http://mail.example",
                "smtp:mail.example",
                "smtp://",
                "smtp://hush:hush/hush@mail.example",
                "smtp://hush@mail.example",
                "smtp://:hush@mail.example",
                "smtp://hush:@mail.example",
                "smtp://hush:hush:hush@mail.example",
                "smtp://hush:hu%sh@mail.example",
                "smtp://mail.example:0",
                "smtp://mail.example:65536",
                "smtp://mail.example/hush",
                "smtp://mail.example#hush",
                "smtp://mail.example?tls=hush",
                "smtp://mail.example?starttls",
                "smtp://mail.example?starttls=hush",
                "smtp://mail.example?ca=",
                "smtps://mail.example?starttls=required",
            })
    @DisplayName("is refused for anything else, and not repeated")
    void refused(String url) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> SmtpUrl.parse(url));
        assertTrue(refusal.getMessage().startsWith("is no mail server"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("hush"), refusal.getMessage());
    }
}
