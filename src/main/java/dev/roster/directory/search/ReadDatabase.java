package dev.roster.directory.search;

import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.arc.InjectableInstance;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.List;

/**
 * Where the directory is read from: the replica, where there is one, else the main database. What a
 * change rests on is read from the main one all the same.
 *
 * <p>It does not take the place of a replica that is away: what the replica was put there to keep
 * from it would come over it at the worst moment. Readers are told 503 then, and nobody else
 * notices.
 */
@ApplicationScoped
public class ReadDatabase {

    private final AgroalDataSource main;
    private final AgroalDataSource source;

    ReadDatabase(
            AgroalDataSource main,
            @DataSource("read") InjectableInstance<AgroalDataSource> replica) {
        this.main = main;
        List<AgroalDataSource> active = replica.listActive();
        source = active.isEmpty() ? main : active.get(0);
    }

    /**
     * A connection for reading alone; the caller closes it.
     *
     * @throws SQLException of class 08 where there is none to be had, whatever the reason
     */
    public Connection open() throws SQLException {
        return open(source);
    }

    /** As {@link #open()}, where nothing lags; within a transaction that transaction's. */
    Connection openMain() throws SQLException {
        return open(main);
    }

    private static Connection open(AgroalDataSource source) throws SQLException {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            // a database that is dropped, or takes no connections, says so by states of its own
            throw new SQLNonTransientConnectionException(e.getMessage(), "08001", e);
        }
    }
}
