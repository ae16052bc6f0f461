package dev.roster.platform.persistence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What a schema is, as sorted lines of text: everything a migration can make in {@code public}, and
 * the rows it brings along. Flyway's own table is left out.
 */
final class Catalogue {

    private static final String OWN_RELATIONS =
            "SELECT c.* FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname"
                    + " NOT LIKE 'flyway\\_schema\\_history%'";

    private static final String TABLES =
            "SELECT relname FROM ("
                    + OWN_RELATIONS
                    + ") t WHERE relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1";

    private static final List<String> DEFINITIONS =
            List.of(
                    """
                    SELECT 'relation', c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.reloptions
                    FROM (%s) c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
                    """,
                    """
                    SELECT 'column', c.relname, rank() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), a.attname,
                        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                        pg_get_expr(d.adbin, d.adrelid), l.collname
                    FROM (%s) c JOIN pg_attribute a ON a.attrelid = c.oid
                    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                    LEFT JOIN pg_collation l ON l.oid = a.attcollation
                    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
                    """,
                    """
                    SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated
                    FROM (%s) c JOIN pg_constraint k ON k.conrelid = c.oid
                    """,
                    """
                    SELECT 'index', c.relname, pg_get_indexdef(c.oid), i.indisvalid
                    FROM (%s) c JOIN pg_index i ON i.indexrelid = c.oid
                    """,
                    """
                    SELECT 'trigger', c.relname, pg_get_triggerdef(t.oid), t.tgenabled
                    FROM (%s) c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
                    """,
                    """
                    SELECT 'policy or rule', c.relname, r.ev_action::text
                    FROM (%s) c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE c.relkind NOT IN ('v', 'm')
                    UNION ALL
                    SELECT 'policy or rule', p.tablename, to_jsonb(p)::text FROM pg_policies p
                    """,
                    """
                    SELECT 'view', c.relname, pg_get_viewdef(c.oid) FROM (%s) c WHERE c.relkind IN ('v', 'm')
                    """,
                    """
                    SELECT 'sequence', c.relname, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle
                    FROM (%s) c JOIN pg_sequence s ON s.seqrelid = c.oid
                    """,
                    """
                    SELECT 'function', p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
                    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
                    """,
                    """
                    SELECT 'type', t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod), t.typdefault,
                        (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                        (SELECT string_agg(pg_get_constraintdef(k.oid), ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid)
                    FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'e', 'r')
                    """,
                    "SELECT 'extension', extname FROM pg_extension",
                    "SELECT 'schema', nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'",
                    """
                    SELECT 'comment', o.identity, d.description
                    FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
                    WHERE d.objoid >= 16384
                    """);

    private Catalogue() {}

    static List<String> dump(Connection connection) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (String definitions : DEFINITIONS) {
            lines.addAll(lines(connection, definitions.replace("%s", OWN_RELATIONS)));
        }
        for (String table : tables(connection)) {
            // times differ from one run to the next
            lines.addAll(
                    lines(
                            connection,
                            "SELECT 'row', '%s', (SELECT jsonb_object_agg(key, value ORDER BY key) FROM"
                                            .formatted(table)
                                    + " jsonb_each(to_jsonb(t)) WHERE key !~ '_at$') FROM \"%s\" t"
                                            .formatted(table)));
        }
        return lines.stream().sorted().toList();
    }

    static List<String> tables(Connection connection) throws SQLException {
        return lines(connection, TABLES);
    }

    /** The rows of a query, their values parted by a bar. */
    static List<String> lines(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(String.valueOf(rows.getString(i)));
                }
                lines.add(String.join(" | ", values));
            }
            return lines;
        }
    }
}
