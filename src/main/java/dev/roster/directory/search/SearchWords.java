package dev.roster.directory.search;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.UUID;

/** The words by which misspelt names are found outlive their users unless they are forgotten. */
@ApplicationScoped
public class SearchWords {

    /** Of what they are called, and were as far as the trail remembers. */
    private static final String FORGET =
            """
            WITH told AS (
                SELECT user_search_text(name, email_key, username) AS text FROM users WHERE id = ANY (:ids)
                UNION ALL
                SELECT search_fold(concat_ws(' ', d.side ->> 'name', d.side ->> 'email', d.side ->> 'username'))
                FROM audit_events e CROSS JOIN unnest(ARRAY[e.before, e.after]) d (side)
                WHERE e.target_type = 'user' AND e.target_id = ANY (:ids) AND d.side IS NOT NULL),
            words AS (
                SELECT DISTINCT w.word FROM told t, user_search_words(t.text) w (word))
            DELETE FROM search_words s USING words w
            WHERE s.word = w.word AND NOT EXISTS (SELECT FROM user_search o
                WHERE o.text LIKE '%' || w.word || '%' AND o.user_id <> ALL (:ids))
            """;

    private final EntityManager entityManager;

    SearchWords(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    /** Forgets the words of these users that nobody else's name or address holds. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void forget(Collection<UUID> userIds) {
        entityManager
                .createNativeQuery(FORGET)
                .setParameter("ids", userIds.toArray(UUID[]::new))
                .executeUpdate();
    }
}
