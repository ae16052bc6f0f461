package dev.roster.accounts.betterauth;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.Predicate;

/** The parts of the dialect that are plugins of the reference, and can be switched off here. */
public enum Plugin {
    USERNAME(PluginsConfig::username),
    JWT(PluginsConfig::jwt),
    MULTI_SESSION(PluginsConfig::multiSession),
    ONE_TIME_TOKEN(PluginsConfig::oneTimeToken),
    TWO_FACTOR(PluginsConfig::twoFactor),
    API_KEY(PluginsConfig::apiKey),
    ADMIN(PluginsConfig::admin),
    ORGANIZATION(PluginsConfig::organization),
    ANONYMOUS(PluginsConfig::anonymous),
    MAGIC_LINK(PluginsConfig::magicLink),
    EMAIL_OTP(PluginsConfig::emailOtp),
    DEVICE_AUTHORIZATION(PluginsConfig::deviceAuthorization);

    private final Predicate<PluginsConfig> setting;

    Plugin(Predicate<PluginsConfig> setting) {
        this.setting = setting;
    }

    public boolean isEnabled(PluginsConfig config) {
        return setting.test(config);
    }

    /** The resource whose routes are the plugin's: 404 while it is switched off. */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Routes {
        Plugin value();
    }
}
