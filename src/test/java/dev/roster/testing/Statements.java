package dev.roster.testing;

import io.quarkus.arc.Arc;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
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

    /** Who waits for the call: what it does itself counts, besides what requests do. */
    private static volatile Thread caller;

    @Override
    public String inspect(String sql) {
        // sealers, dispatchers and jobs work beside
        if (Thread.currentThread() == caller || isOfARequest()) {
            SEEN.add(sql);
        }
        return sql;
    }

    private static boolean isOfARequest() {
        return Arc.container().requestContext().isActive()
                && Arc.container().instance(CurrentVertxRequest.class).get().getCurrent() != null;
    }

    /** One that ran past Hibernate. */
    public static void note(String sql) {
        SEEN.add(sql);
    }

    /** The statements that a call causes, in order. */
    public static List<String> of(Runnable call) {
        SEEN.clear();
        caller = Thread.currentThread();
        call.run();
        return new ArrayList<>(SEEN);
    }
}
