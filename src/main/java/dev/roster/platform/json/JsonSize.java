package dev.roster.platform.json;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** JSON of at most so many bytes, written without white space in UTF-8. Null passes. */
@Documented
@Constraint(validatedBy = JsonSize.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface JsonSize {

    /** What an application may keep with a group or an API key. */
    int METADATA = 16 * 1024;

    int max();

    String message() default "must have at most {max} bytes as JSON";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The rule. */
    class Check implements ConstraintValidator<JsonSize, JsonNode> {

        private int max;

        @Override
        public void initialize(JsonSize constraint) {
            max = constraint.max();
        }

        @Override
        public boolean isValid(JsonNode value, ConstraintValidatorContext context) {
            return value == null || Numbers.bytes(value) <= max;
        }
    }
}
