package dev.roster.users;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The address of a picture of a user or a group: a URL as {@link HttpsUrl} allows it. A picture
 * itself, as a data URL, would travel in every response, token and audit event. Null passes.
 */
@Documented
@Constraint(validatedBy = ImageUrl.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface ImageUrl {

    String message() default "must be an absolute https URL of at most 2048 characters";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The rule. */
    class Check implements ConstraintValidator<ImageUrl, String> {

        private static final String DATA = "data:";
        private static final String DATA_REFUSED =
                "must be an absolute https URL of at most 2048 characters: pictures are not stored"
                        + " here, so a data URL is refused";

        @Override
        public boolean isValid(String value, ConstraintValidatorContext context) {
            if (value == null) {
                return true;
            }
            if (value.strip().regionMatches(true, 0, DATA, 0, DATA.length())) {
                context.disableDefaultConstraintViolation();
                context.buildConstraintViolationWithTemplate(DATA_REFUSED).addConstraintViolation();
                return false;
            }
            return new HttpsUrl.Check().isValid(value, context);
        }

        /** Null for an empty text, by which forms say that there is no picture. */
        public static String orNone(String given) {
            return given == null || given.isEmpty() ? null : given;
        }
    }
}
