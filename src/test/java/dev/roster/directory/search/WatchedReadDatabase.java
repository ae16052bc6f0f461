package dev.roster.directory.search;

import dev.roster.testing.Statements;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.postgresql.PGStatement;

/**
 * Notes what the directory runs, with the values of its parameters, so that it can be explained.
 */
@Mock
@Singleton
class WatchedReadDatabase extends ReadDatabase {

    WatchedReadDatabase(
            AgroalDataSource main,
            @DataSource("read") InjectableInstance<AgroalDataSource> replica) {
        super(main, replica);
    }

    @Override
    public Connection open() throws SQLException {
        return watched(super.open());
    }

    @Override
    Connection openMain() throws SQLException {
        return watched(super.openMain());
    }

    private static Connection watched(Connection connection) {
        return watched(
                Connection.class,
                connection,
                result ->
                        result instanceof PreparedStatement statement
                                ? watched(PreparedStatement.class, statement, rows -> rows)
                                : result);
    }

    private static <T> T watched(Class<T> type, T real, UnaryOperator<Object> result) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("executeQuery")) {
                                Statements.note(
                                        ((PreparedStatement) real)
                                                .unwrap(PGStatement.class)
                                                .toString());
                            }
                            try {
                                return result.apply(method.invoke(real, arguments));
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }
}
