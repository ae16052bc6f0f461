package dev.roster.directory.search;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;

/**
 * Words of the vocabulary that nobody has any more: of a person who was erased, the name must not
 * stay there. A run looks at the words next to those of the run before, round and round.
 */
@ApplicationScoped
class UnusedWords implements PurgeTask {

    /** Each is looked for among all users. */
    private static final int MOST = 200;

    private final EntityManager entityManager;

    private volatile String last = "";

    UnusedWords(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    @Override
    public String name() {
        return "unused-words";
    }

    @Override
    public int purge(Instant now, int limit) {
        Behind behind = purge(last, Math.min(limit, MOST));
        last = behind.last();
        return behind.deleted();
    }

    /**
     * What came of the words behind another.
     *
     * @param last of them; empty at the end
     */
    record Behind(String last, int deleted) {}

    Behind purge(String after, int limit) {
        List<?> words =
                entityManager
                        .createNativeQuery(
                                "SELECT DISTINCT word FROM search_words WHERE word > :after ORDER"
                                        + " BY word LIMIT :limit",
                                String.class)
                        .setParameter("after", after)
                        .setParameter("limit", limit)
                        .getResultList();
        if (words.isEmpty()) {
            return new Behind("", 0);
        }
        // a word holds no sign that LIKE would take for another
        int deleted =
                entityManager
                        .createNativeQuery(
                                "DELETE FROM search_words w WHERE w.word = ANY (CAST(:words AS"
                                        + " text[])) AND NOT EXISTS (SELECT FROM user_search s WHERE"
                                        + " s.text LIKE '%' || w.word || '%')")
                        .setParameter("words", words.toArray(String[]::new))
                        .executeUpdate();
        return new Behind((String) words.get(words.size() - 1), deleted);
    }
}
