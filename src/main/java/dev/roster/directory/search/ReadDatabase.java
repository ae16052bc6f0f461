package dev.roster.directory.search;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;

/** Where the directory is read from. */
@ApplicationScoped
public class ReadDatabase {

    private final AgroalDataSource main;

    ReadDatabase(AgroalDataSource main) {
        this.main = main;
    }

    /** A connection for reading alone; the caller closes it. */
    public Connection open() throws SQLException {
        return main.getConnection();
    }
}
