package dev.roster.testing;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/**
 * The SQL that the service under test prepares, word for word; what runs past Hibernate is noted by
 * whoever watches it.
 */
@PersistenceUnitExtension
@ApplicationScoped
public class Statements implements StatementInspector {

    private static final long serialVersionUID = 1;

    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    @Override
    public String inspect(String sql) {
        SEEN.add(sql);
        return sql;
    }

    /** One that ran past Hibernate. */
    public static void note(String sql) {
        SEEN.add(sql);
    }

    /** The statements that a call causes, in order. */
    public static List<String> of(Runnable call) {
        SEEN.clear();
        call.run();
        return new ArrayList<>(SEEN);
    }
}
