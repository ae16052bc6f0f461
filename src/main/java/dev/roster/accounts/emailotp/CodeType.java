package dev.roster.accounts.emailotp;

import dev.roster.accounts.verification.Verification.Purpose;
import dev.roster.mail.MailKind;
import java.util.Arrays;
import java.util.List;

/** What a code is for, as the wire names it; it is good for nothing else. */
enum CodeType {
    EMAIL_VERIFICATION("email-verification", Purpose.EMAIL_CODE, MailKind.EMAIL_CODE),
    SIGN_IN("sign-in", Purpose.SIGN_IN_CODE, MailKind.SIGN_IN_CODE),
    FORGET_PASSWORD("forget-password", Purpose.RESET_PASSWORD_CODE, MailKind.RESET_PASSWORD_CODE),
    CHANGE_EMAIL("change-email", Purpose.CHANGE_EMAIL_CODE, MailKind.CHANGE_EMAIL_CODE);

    private final String wire;
    private final Purpose purpose;
    private final MailKind mail;

    CodeType(String wire, Purpose purpose, MailKind mail) {
        this.wire = wire;
        this.purpose = purpose;
        this.mail = mail;
    }

    Purpose purpose() {
        return purpose;
    }

    MailKind mail() {
        return mail;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(type -> type.wire).toList();
    }

    /** The type of one of the {@link #names}. */
    static CodeType of(String name) {
        return Arrays.stream(values())
                .filter(type -> type.wire.equals(name))
                .findFirst()
                .orElseThrow();
    }
}
