package dev.roster.accounts.session;

import java.util.Collection;
import java.util.UUID;

/**
 * Happens in the transaction in which these users' sessions end, or their passwords are reset,
 * before they do: what was approved already begins no session behind that.
 */
public record SessionsForestalled(Collection<UUID> userIds) {}
