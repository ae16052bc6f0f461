package dev.roster.accounts.jwt;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A public key (RFC 7517, RFC 8037): of the members, those that its kind has. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Jwk(
        String alg, String crv, String x, String y, String n, String e, String kty, String kid) {}
