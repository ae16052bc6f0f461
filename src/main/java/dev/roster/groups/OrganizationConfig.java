package dev.roster.groups;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.hibernate.validator.constraints.time.DurationMin;

/**
 * What organizations, their invitations and teams are held to. The limit of members holds in both
 * APIs and for imports; the others hold for users who manage organizations of their own.
 */
@ConfigMapping(prefix = "roster.organization")
public interface OrganizationConfig {

    /** False: nobody makes an organization. */
    @WithDefault("true")
    boolean allowCreation();

    /** False: nobody deletes an organization. */
    @WithDefault("true")
    boolean allowDeletion();

    /** How many organizations a user can be in and still make one; any number when not set. */
    OptionalInt limit();

    /**
     * Members of one organization, those of nested groups not counted; also how many a page of them
     * has at most. Who was a member before, in a database that is taken over or before a deletion
     * that is taken back, stays one.
     */
    @WithDefault("100")
    @Min(1)
    int membershipLimit();

    /** Open invitations of one organization at a time. */
    @WithDefault("100")
    @Min(1)
    int invitationLimit();

    /** How long an invitation can be accepted. */
    @WithDefault("48H")
    @NotNull
    @DurationMin(seconds = 1)
    Duration invitationExpiresIn();

    /** How long an invitation is kept after it expired, whatever became of it. */
    @WithDefault("90D")
    @NotNull
    @DurationMin(seconds = 0)
    Duration invitationKeptFor();

    /** Whether an invitation is only for who has verified the address it was sent to. */
    @WithDefault("false")
    boolean requireEmailVerificationOnInvitation();

    /** Whether inviting an address again cancels its open invitation, instead of being refused. */
    @WithDefault("false")
    boolean cancelPendingInvitationsOnReInvite();

    /**
     * The page of the application that mails of invitations link to: a path of the base URL, or a
     * URL of a trusted origin. {@code {id}} stands for the invitation's id; without it the id is
     * added as the query's parameter {@code id}.
     */
    @WithDefault("/accept-invitation")
    String invitationUrl();

    Teams teams();

    /** Teams of organizations. */
    interface Teams {

        /** False: there are no teams, and their routes are 404. */
        @WithDefault("true")
        boolean enabled();

        /** Whether a new organization comes with a team of its name. */
        @WithDefault("true")
        boolean defaultTeam();

        /** Whether the last team of an organization can be removed. */
        @WithDefault("false")
        boolean allowRemovingAll();

        /** Teams of one organization; any number when not set. */
        Optional<@Min(1) Integer> maximum();

        /** Members of one team; any number when not set. */
        Optional<@Min(1) Integer> maximumMembers();
    }
}
