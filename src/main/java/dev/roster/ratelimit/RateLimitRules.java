package dev.roster.ratelimit;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which rule holds for a path of the dialect: the configured ones, then the plugins', then the base
 * ones, each as the reference has them (contract, section 7).
 */
@ApplicationScoped
class RateLimitRules {

    private static final List<RateLimitRule> BUILT_IN =
            List.of(
                    RateLimitRule.seconds("/email-otp/send-verification-otp", 3, 60),
                    RateLimitRule.seconds("/email-otp/check-verification-otp", 3, 60),
                    RateLimitRule.seconds("/email-otp/verify-email", 3, 60),
                    RateLimitRule.seconds("/sign-in/email-otp", 3, 60),
                    RateLimitRule.seconds("/email-otp/request-password-reset", 3, 60),
                    RateLimitRule.seconds("/email-otp/reset-password", 3, 60),
                    RateLimitRule.seconds("/forget-password/email-otp", 3, 60),
                    RateLimitRule.seconds("/email-otp/request-email-change", 3, 60),
                    RateLimitRule.seconds("/email-otp/change-email", 3, 60),
                    RateLimitRule.seconds("/sign-in/magic-link*", 5, 60),
                    RateLimitRule.seconds("/magic-link/verify*", 5, 60),
                    RateLimitRule.seconds("/two-factor/*", 3, 10),
                    RateLimitRule.seconds("/device", 5, 1800),
                    RateLimitRule.seconds("/sign-in*", 3, 10),
                    RateLimitRule.seconds("/sign-up*", 3, 10),
                    RateLimitRule.seconds("/change-password*", 3, 10),
                    RateLimitRule.seconds("/change-email*", 3, 10),
                    RateLimitRule.seconds("/request-password-reset", 3, 60),
                    RateLimitRule.seconds("/send-verification-email", 3, 60),
                    RateLimitRule.seconds("/forget-password*", 3, 60));

    private final List<RateLimitRule> rules;

    RateLimitRules(RateLimitConfig config) {
        rules = new ArrayList<>();
        config.rules()
                .ifPresent(texts -> texts.stream().map(RateLimitRule::parse).forEach(rules::add));
        rules.addAll(BUILT_IN);
        rules.add(new RateLimitRule("*", config.max(), config.window()));
    }

    /**
     * @param path below the dialect's, from the slash
     */
    RateLimitRule of(String path) {
        // the last one matches everything
        return rules.stream().filter(rule -> rule.matches(path)).findFirst().orElseThrow();
    }

    Stream<RateLimitRule> all() {
        return rules.stream();
    }
}
