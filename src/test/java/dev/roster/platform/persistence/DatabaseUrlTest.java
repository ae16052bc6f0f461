package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

@DisplayName("A DATABASE_URL")
class DatabaseUrlTest {

    @ParameterizedTest(name = "{0}")
    @DisplayName("gives JDBC URL, user and password")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "postgresql://ann:pw@db:6543/roster | jdbc:postgresql://db:6543/roster | ann | pw",
                "postgres://ann:pw@db/roster | jdbc:postgresql://db:5432/roster | ann | pw",
                "POSTGRES://db/roster | jdbc:postgresql://db:5432/roster | - | -",
                "postgresql://db:/roster | jdbc:postgresql://db:5432/roster | - | -",
                "postgresql://ann@db/roster | jdbc:postgresql://db:5432/roster | ann | -",
                "postgresql://:pw@db/roster | jdbc:postgresql://db:5432/roster | - | pw",
                "postgresql://a%40b:p%3Aw%2F%3F%25%20%C3%A9@db/r | jdbc:postgresql://db:5432/r"
                        + " | a@b | p:w/?% é",
                "postgresql://ann:a@b:c+d#e@db/r | jdbc:postgresql://db:5432/r | ann | a@b:c+d#e",
                "postgresql://ann:${x}$$@db/r | jdbc:postgresql://db:5432/r | ann | ${x}$$",
                "postgresql://u:p@[::1]/r | jdbc:postgresql://[::1]:5432/r | u | p",
                "postgresql://u:p@[2001:db8::7]:6000/r | jdbc:postgresql://[2001:db8::7]:6000/r"
                        + " | u | p",
                "postgresql://u:p@a:1,b,[::1]:3/r | jdbc:postgresql://a:1,b:5432,[::1]:3/r | u | p",
                "postgresql://db/my%20data%2Fb%3Fase%26%2B | "
                        + "jdbc:postgresql://db:5432/my%20data%2Fb%3Fase%26%2B | - | -",
                "postgresql://db/r?user=ann&password=p%26w | jdbc:postgresql://db:5432/r | ann"
                        + " | p&w",
                "postgresql://db/r? | jdbc:postgresql://db:5432/r | - | -"
            })
    void parts(String url, String jdbcUrl, String user, String password) {
        DatabaseUrl parsed = DatabaseUrl.parse(url);

        assertEquals(jdbcUrl, parsed.jdbcUrl());
        assertEquals(Optional.ofNullable(user), parsed.user());
        assertEquals(Optional.ofNullable(password), parsed.password());
        assertNotNull(Driver.parseURL(parsed.jdbcUrl(), null), "pgjdbc understands it");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("has its parameters translated into what pgjdbc reads")
    @CsvSource(
            delimiter = '|',
            value = {
                "sslmode=require | sslmode | require",
                "sslmode=verify-full&sslrootcert=/etc/my%20ca.pem | sslrootcert | /etc/my ca.pem",
                "sslcert=/c.pem | sslcert | /c.pem",
                "sslkey=/k.pk8 | sslkey | /k.pk8",
                "sslpassword=a%2Bb+c%26d | sslpassword | a+b+c&d",
                "sslrootcert=system | sslfactory | org.postgresql.ssl.DefaultJavaSSLFactory",
                "sslrootcert=system | sslmode | verify-full",
                "sslmode=verify-full&sslrootcert=system | sslmode | verify-full",
                "sslnegotiation=direct | sslNegotiation | direct",
                "connect_timeout=10 | connectTimeout | 10",
                "application_name=Roster%201 | ApplicationName | Roster 1",
                "channel_binding=require | channelBinding | require",
                "gssencmode=disable | gssEncMode | disable",
                "krbsrvname=pg | kerberosServerName | pg",
                "keepalives=1 | tcpKeepAlive | true",
                "keepalives=0 | tcpKeepAlive | false",
                "target_session_attrs=any | targetServerType | any",
                "target_session_attrs=read-write | targetServerType | primary",
                "target_session_attrs=primary | targetServerType | primary",
                "target_session_attrs=standby | targetServerType | secondary",
                "target_session_attrs=read-only | targetServerType | secondary",
                "target_session_attrs=prefer-standby | targetServerType | preferSecondary",
                "load_balance_hosts=random | loadBalanceHosts | true",
                "options=endpoint%3Dep-a%20-c%20x%3D1 | options | endpoint=ep-a -c x=1",
                "schema=app | currentSchema | app",
                "pgbouncer=true | prepareThreshold | 0",
                "pgbouncer=true&prepareThreshold=3 | prepareThreshold | 0",
                "socketTimeout=0 | socketTimeout | 0",
                "sslmode=disable&sslmode=require | sslmode | require",
                "a=b&sslmode=require | - | -"
            })
    void parameters(String query, String property, String value) {
        if (property.equals("-")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> DatabaseUrl.parse("postgresql://db/r?" + query));
            return;
        }
        Properties understood = understood("postgresql://u:p@db/r?" + query);

        assertNotNull(PGProperty.forName(property), "pgjdbc has the property");
        assertEquals(value, understood.getProperty(property));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("may carry parameters that mean nothing to JDBC")
    @ValueSource(
            strings = {
                "pgbouncer=false",
                "keepalives_idle=30&keepalives_interval=10&keepalives_count=3",
                "tcp_user_timeout=1",
                "client_encoding=UTF8",
                "connection_limit=1&pool_timeout=0",
                "supa=base-pooler.x",
                "sslsni=1&sslcompression=0"
            })
    void ignored(String query) {
        String url = DatabaseUrl.parse("postgresql://db/r?" + query).jdbcUrl();

        assertEquals("jdbc:postgresql://db:5432/r", url);
    }

    @Test
    @DisplayName("with every part is read by pgjdbc as it was meant")
    void understoodByTheDriver() {
        Properties understood =
                understood(
                        "postgres://u%3A:p%40@[::1]:6543,two:6544/d%2Fb%20%2B?sslmode=require"
                                + "&application_name=a%26b%3Dc&connect_timeout=3");

        assertEquals("[::1],two", PGProperty.PG_HOST.getOrDefault(understood));
        assertEquals("6543,6544", PGProperty.PG_PORT.getOrDefault(understood));
        assertEquals("d/b +", PGProperty.PG_DBNAME.getOrDefault(understood));
        assertEquals("require", PGProperty.SSL_MODE.getOrDefault(understood));
        assertEquals("a&b=c", PGProperty.APPLICATION_NAME.getOrDefault(understood));
        assertEquals("3", PGProperty.CONNECT_TIMEOUT.getOrDefault(understood));
        assertNull(PGProperty.USER.getOrDefault(understood));
        assertNull(PGProperty.PASSWORD.getOrDefault(understood));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("at fault is refused, and the message repeats no part that may be a secret")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | must start with",
                "mysql://u:hush@db/r | must start with",
                "jdbc:postgresql://db/r?password=hush | must start with",
                "u:hush@db/r | must start with",
                "postgresql://u:hush@db | no database name",
                "postgresql://u:hush@db/ | no database name",
                "postgresql://u:hush@db?sslmode=require | no database name",
                "postgresql://u:hush@/r | has no host",
                "postgresql:///r?password=hush | has no host",
                "postgresql://u:hush@a,,b/r | has no host",
                "postgresql://u:hush@%2Fvar%2Frun/r | Unix socket",
                "postgresql://u:hush@db:0/r | port",
                "postgresql://u:hush@db:65536/r | port",
                "postgresql://u:hush@db:54x/r | port",
                "postgresql://u:hush@db:-1/r | port",
                "postgresql://u:hush@::1/r | no host",
                "postgresql://u:hush@[::g]/r | no host name",
                "postgresql://u:hush@d b/r | no host name",
                "postgresql://u:hu/sh@db/r | percent-encode",
                "postgresql://u:12/hush@db/r | percent-encode",
                "postgresql://u:hu?sh=hush@db/r | percent-encode",
                "postgresql://u:12?hush=1@db/r | no database name",
                "postgresql://u:hush%@db/r | % in the password",
                "postgresql://u:hush%zz@db/r | % in the password",
                "postgresql://u:hush%00@db/r | control character",
                "postgresql://u:hush%E4@db/r | not UTF-8",
                "postgresql://u:hush@db/r?sslmod=require | parameter sslmod",
                "postgresql://u:hush@db/r?hush | not name=value",
                "postgresql://u:hush@db/r?%20=hush | not name=value",
                "postgresql://u:hush@db/r?sslmode=hush | sslmode that is none of allow, disable",
                "postgresql://u:hush@db/r?ssl=1 | ssl that is none of",
                "postgresql://u:hush@db/r?channel_binding=hush | channel_binding that is none of",
                "postgresql://u:hush@db/r?target_session_attrs=hush | none of any",
                "postgresql://u:hush@db/r?pgbouncer=hush | pgbouncer that is none of",
                "postgresql://u:hush@db/r?keepalives=hush | keepalives that is none of",
                "postgresql://u:hush@db/r?connect_timeout=hush | connect_timeout that is no whole",
                "postgresql://u:hush@db/r?socketTimeout=-1 | socketTimeout that is no whole",
                "postgresql://u:hush@db/r?sslrootcert=system&sslmode=require | verify-full",
                "postgresql://u:hush@db/r?host=other | parameter host",
                "postgresql://u:hush@db/r?PGHOST=other | parameter PGHOST",
                "postgresql://u:hush@db/r?service=other | parameter service",
                "postgresql://u:hush@db/r?require_auth=none | parameter require_auth",
                "postgresql://u:hush@db/r?ssl_min_protocol_version=TLSv1.3 | not supported"
            })
    void refused(String url, String problem) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> DatabaseUrl.parse(url));

        assertTrue(thrown.getMessage().contains(problem), thrown.getMessage());
        assertFalse(thrown.getMessage().contains("hush"), thrown.getMessage());
        assertNull(thrown.getCause());
    }

    @Test
    @DisplayName("prints without user, password and parameters")
    void prints() {
        String printed =
                DatabaseUrl.parse("postgresql://ann:hush@db/r?sslpassword=hush").toString();

        assertAll(
                () -> assertEquals("DatabaseUrl[jdbc:postgresql://db:5432/r]", printed),
                () -> assertFalse(printed.contains("hush")));
    }

    private static Properties understood(String url) {
        return Driver.parseURL(DatabaseUrl.parse(url).jdbcUrl(), null);
    }
}
