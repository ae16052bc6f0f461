package dev.roster.groups;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * A membership on the dialect's wire.
 *
 * @param user absent where only the membership itself is told
 */
@RegisterForReflection
record MemberView(
        String organizationId,
        String userId,
        String role,
        Instant createdAt,
        String id,
        @JsonInclude(JsonInclude.Include.NON_NULL) Person user) {

    /** What members see of each other. */
    @RegisterForReflection
    record Person(String id, String name, String email, String image) {

        static Person of(User user) {
            return new Person(user.publicId(), user.name, EmailAddress.key(user.email), user.image);
        }
    }

    static MemberView of(Membership membership, Group group) {
        return of(membership, group, null);
    }

    static MemberView withUser(Membership membership, Group group) {
        return of(membership, group, Person.of(membership.user));
    }

    private static MemberView of(Membership membership, Group group, Person person) {
        return new MemberView(
                group.publicId(),
                membership.user.publicId(),
                membership.role(),
                membership.createdAt,
                membership.publicId(),
                person);
    }
}
