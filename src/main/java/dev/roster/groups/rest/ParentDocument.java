package dev.roster.groups.rest;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The group that another one is to be nested in. */
@RegisterForReflection
record ParentDocument(
        @Schema(nullable = true, required = true, description = "null for none") UUID parentId) {}
