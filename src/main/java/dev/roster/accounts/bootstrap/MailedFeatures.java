package dev.roster.accounts.bootstrap;

import dev.roster.accounts.account.DeleteUserConfig;
import dev.roster.accounts.betterauth.PluginsConfig;
import dev.roster.accounts.email.ChangeEmailConfig;
import dev.roster.accounts.email.EmailVerificationConfig;
import dev.roster.accounts.passwordreset.PasswordResetConfig;
import dev.roster.accounts.twofactor.TwoFactorConfig;
import dev.roster.mail.MailUser;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Which of the accounts' settings need mail. */
@ApplicationScoped
class MailedFeatures implements MailUser {

    private final Map<String, Boolean> settings;

    MailedFeatures(
            EmailVerificationConfig verification,
            PasswordResetConfig reset,
            ChangeEmailConfig change,
            DeleteUserConfig deletion,
            TwoFactorConfig twoFactor,
            PluginsConfig plugins) {
        settings =
                Map.of(
                        "ROSTER_EMAIL_VERIFICATION_ENABLED",
                        verification.enabled(),
                        "ROSTER_PASSWORD_RESET_ENABLED",
                        reset.enabled(),
                        "ROSTER_CHANGE_EMAIL_ENABLED",
                        change.enabled(),
                        "ROSTER_DELETE_USER_CONFIRM_BY_MAIL",
                        deletion.enabled() && deletion.confirmByMail(),
                        "ROSTER_TWO_FACTOR_MAILED_CODES",
                        plugins.twoFactor() && twoFactor.mailedCodes(),
                        "ROSTER_PLUGINS_MAGIC_LINK",
                        plugins.magicLink(),
                        "ROSTER_PLUGINS_EMAIL_OTP",
                        plugins.emailOtp(),
                        "ROSTER_PLUGINS_ORGANIZATION",
                        plugins.organization());
    }

    @Override
    public List<String> mailIsNeededUnless() {
        return settings.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(setting -> setting.getKey() + "=false")
                .toList();
    }
}
