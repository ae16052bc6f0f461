package dev.roster.groups.rest;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a user is to be in a group. */
@RegisterForReflection
record MemberDocument(
        @NotNull
                @Size(min = 1, max = 3)
                @Schema(
                        description = "Of owner, admin and member, one at least",
                        examples = "[\"member\"]")
                List<@NotNull String> roles) {}
