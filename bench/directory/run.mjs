// Measures every read path of the directory among 10,000 and among 1,000,000 users, over HTTP, and
// asserts that the greater number costs less than three times the smaller one, by which index each
// path finds, and how many statements it takes. See README.md.
//
//   node run.mjs [--service ../../target/quarkus-app/quarkus-run.jar] [--pgbin /usr/lib/postgresql/15/bin]
//                [--dir /tmp/roster-bench] [--port 15999] [--rounds 300] [--sizes 10000,1000000] [--keep]
//                [--only <what the names of paths have>]
import {execFileSync, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, openSync, readSync, closeSync, statSync, appendFileSync, rmSync, chownSync} from 'node:fs';
import http from 'node:http';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const options = {
    service: join(here, '../../target/quarkus-app/quarkus-run.jar'),
    pgbin: '/usr/lib/postgresql/15/bin', dir: '/tmp/roster-bench', port: '15999',
    rounds: '300', sizes: '10000,1000000', keep: 'false', only: '',
};
for (let args = process.argv.slice(2); args.length;) {
    const name = args.shift().replace(/^--/, '');
    if (!(name in options)) throw new Error(`no option ${name}`);
    options[name] = name === 'keep' ? 'true' : args.shift();
}
const sizes = options.sizes.split(',').map(Number);
const rounds = Number(options.rounds);
const data = join(options.dir, 'data');
const log = join(options.dir, 'postgresql.log');
const MAX_RATIO = 3;
const PASSWORD = 'tolerably-long-phrase-77';

// --- PostgreSQL: one of its own, as another user where this one is root, which it refuses

const root = process.getuid() === 0;
const postgres = (program, ...args) => root
    ? execFileSync('runuser', ['-u', 'postgres', '--', join(options.pgbin, program), ...args], {stdio: ['ignore', 'pipe', 'inherit']})
    : execFileSync(join(options.pgbin, program), args, {stdio: ['ignore', 'pipe', 'inherit']});
const url = (database) => `postgresql://postgres@127.0.0.1:${options.port}/${database}`;
const sql = (database, text) =>
    execFileSync(join(options.pgbin, 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url(database), '-c', text], {encoding: 'utf8'}).trim();

function startPostgres() {
    mkdirSync(options.dir, {recursive: true});
    if (!existsSync(join(data, 'PG_VERSION'))) {
        if (root) {
            chownSync(options.dir, Number(execFileSync('id', ['-u', 'postgres'])), Number(execFileSync('id', ['-g', 'postgres'])));
        }
        postgres('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8');
        appendFileSync(join(data, 'postgresql.conf'), [
            `port = ${options.port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${options.dir}'`,
            'shared_buffers = 1GB', 'maintenance_work_mem = 512MB', 'max_wal_size = 4GB', 'fsync = off',
            'random_page_cost = 1.1', 'effective_cache_size = 4GB',
            // each statement with its plan, once asked for: nothing is measured then
            "session_preload_libraries = 'auto_explain'", 'auto_explain.log_min_duration = -1',
            'auto_explain.log_format = json', "log_line_prefix = '%d '", ''].join('\n'));
    }
    postgres('pg_ctl', '-D', data, '-l', log, '-w', 'start');
}

// --- the service, as it is shipped

const services = [];
async function startService(database, port) {
    const settings = {
        ...process.env, DATABASE_URL: url(database), PORT: String(port), ROSTER_BASE_URL: `http://localhost:${port}`,
        ROSTER_SECRET: randomBytes(32).toString('base64'),
        ROSTER_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
        ROSTER_ADMIN_EMAIL: 'boss@bench.example', ROSTER_ADMIN_PASSWORD: PASSWORD,
        ROSTER_RATE_LIMIT_ENABLED: 'false', ROSTER_SMTP_URL: 'smtp://127.0.0.1:1', ROSTER_MAIL_FROM: 'bench@bench.example',
        QUARKUS_LOG_LEVEL: 'WARN',
    };
    const out = openSync(join(options.dir, `${database}.log`), 'w');
    const child = options.service.endsWith('.jar')
        ? spawn('java', ['-Xmx512m', '-jar', options.service], {env: settings, stdio: ['ignore', out, out]})
        : spawn(options.service, {env: settings, stdio: ['ignore', out, out]});
    services.push(child);
    for (let i = 0; ; i++) {
        const answer = await request({port}, 'GET', '/q/health/ready').catch(() => null);
        if (answer?.status === 200) return child;
        if (child.exitCode !== null || i > 600) throw new Error(`${database} does not start: see its log`);
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}
async function stopService(child) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
}

function request(service, method, path, body) {
    return new Promise((resolve, reject) => {
        const call = http.request({
            host: '127.0.0.1', port: service.port, method, path, agent: service.agent,
            headers: {
                ...(service.token && {authorization: `Bearer ${service.token}`}),
                ...(body && {'content-type': 'application/json'}),
            },
        }, (answer) => {
            const parts = [];
            answer.on('data', (part) => parts.push(part));
            answer.on('end', () => resolve({status: answer.statusCode, body: Buffer.concat(parts).toString()}));
        });
        call.on('error', reject);
        call.end(body && JSON.stringify(body));
    });
}
const where = (query) => query.startsWith('/api/') ? query : `/api/v1/users${query}`;
async function ask(service, path) {
    const answer = path.body
        ? await request(service, 'POST', path.query, path.body(service))
        : await request(service, 'GET', where(typeof path.query === 'function' ? path.query(service) : path.query));
    if (answer.status !== 200) throw new Error(`${path.name}: ${answer.status} ${answer.body}`);
    return answer;
}

// --- what is measured: statements are those beside the caller's session, the index is the one that
// the rows are found by

const behind = (service, query, keys) => {
    // a cursor is the fingerprint of its list and the keys of the row; this row is far away
    const [fingerprint] = JSON.parse(Buffer.from(service.first[query], 'base64url'));
    return `${query}&cursor=${Buffer.from(JSON.stringify([fingerprint, '', ...keys])).toString('base64url')}`;
};
const paths = [
    {name: 'first page', query: '?', index: 'users_pkey'},
    {name: 'first page of 100', query: '?size=100', index: 'users_pkey'},
    {name: 'page 50,000 by cursor (of 10)', query: (s) => behind(s, '?size=10', s.middle), index: 'users_pkey'},
    {name: 'the same by name', query: (s) => behind(s, '?size=10&sort=name', s.middleByName), index: 'users_folded_name_id_idx'},
    {name: 'page 100 by number', query: '?page=100&total=none', index: 'users_pkey'},
    {name: 'first page by number, with total', query: '?page=1', index: 'users_pkey', statements: 2},
    {name: 'sort=name', query: '?sort=name', index: 'users_folded_name_id_idx'},
    {name: 'sort=-createdAt', query: '?sort=-createdAt', index: 'users_created_at_id_idx'},
    {name: 'sort=-lastSeenAt', query: '?sort=-lastSeenAt', index: 'user_activity_last_seen_at_user_id_idx'},
    {name: 'sort=email', query: '?sort=email', index: 'users_email_id_idx'},
    {name: 'sort=username', query: '?sort=username', index: 'users_username_id_idx'},
    {name: 'sort=-updatedAt', query: '?sort=-updatedAt', index: 'users_updated_at_id_idx'},
    {name: 'sort=name,-createdAt', query: '?sort=name,-createdAt', index: 'users_folded_name_id_idx'},
    {name: 'q: infix of 1 in 40', query: '?q=mith', index: 'user_search_pkey'},
    {name: 'q: infix of 1 in 600', query: '?q=augha', index: ['user_search_pkey', 'user_search_text_idx']},
    {name: 'q: infix of one user', query: (s) => `?q=${s.one.slice(1)}`, index: 'user_search_text_idx'},
    {name: 'q: infix of nobody, and no slip', query: '?q=x0y0z0w0', index: 'user_search_text_idx', statements: 2},
    {name: 'q: two words', query: '?q=maria+smi', index: ['user_search_pkey', 'user_search_text_idx']},
    {name: 'q: prefix of two letters', query: '?q=zs', index: ['user_search_pkey', 'user_search_text_idx']},
    {name: 'q: two Chinese characters of nobody', query: '?q=%E5%B0%8F%E6%98%8E', index: 'user_search_grams_idx', statements: 2},
    {name: 'q: a slip', query: '?q=vaguhan', index: ['user_search_pkey', 'user_search_text_idx'], statements: 3},
    {name: 'q: 1 in 600, by name', query: '?q=augha&sort=name', index: 'user_search_text_idx', statements: 2},
    {name: 'q: 1 in 600, by e-mail', query: '?q=augha&sort=email', index: 'user_search_text_idx'},
    {name: 'q: 1 in 40, by name', query: '?q=mith&sort=name', index: 'user_search_name_key_user_id_idx', statements: 2},
    {name: 'role of 1 in 50', query: '?role=editor', index: 'role_grants_', statements: 2},
    {name: 'role of 1 in 1,000', query: '?role=auditor', index: 'role_grants_', statements: 2},
    {name: 'role of five', query: '?role=owner', index: 'role_grants_', statements: 2},
    {name: 'either of two roles', query: '?role=auditor,owner', index: 'role_grants_', statements: 2},
    {name: 'group of 1 in 10', query: '?group=group-0', index: 'memberships_group_id_user_id_key', statements: 2},
    {name: 'group of 1 in 200', query: '?group=group-7', index: 'memberships_group_id_user_id_key', statements: 2},
    {name: 'group of thirty', query: '?group=group-30', index: 'memberships_group_id_user_id_key', statements: 2},
    {name: 'status=invited', query: '?status=invited', index: 'users_id_status_idx'},
    {name: 'banned=true', query: '?banned=true', index: 'users_id_banned_idx'},
    {name: 'emailVerified=false', query: '?emailVerified=false', index: 'users_id_unverified_idx'},
    {name: 'created in a month', query: '?createdFrom=2023-05-01&createdTo=2023-06-01', index: 'users_created_at_id_idx'},
    {name: 'last seen since', query: '?lastSeenFrom=2025-12-01', index: 'user_activity_last_seen_at_user_id_idx'},
    {name: 'not seen since', query: '?lastSeenTo=2022-01-01', index: 'user_activity_last_seen_at_user_id_idx'},
    {name: 'age', query: '?minAge=30&maxAge=35', index: 'user_profiles_birth_date_user_id_idx'},
    {name: 'locale of 1 in 5', query: '?locale=en-GB', index: 'user_profiles_locale_user_id_idx'},
    {name: 'locale of 1 in 45', query: '?locale=lv', index: 'user_profiles_locale_user_id_idx'},
    {name: 'two locales', query: '?locale=lv,fi', index: 'user_profiles_locale_user_id_idx'},
    {name: 'hasProfile=false', query: '?hasProfile=false', index: 'user_profiles_pkey'},
    {name: 'attribute of 1 in 25', query: '?attributes.department=legal', index: 'user_attributes_pkey'},
    {name: 'attribute of one user', query: '?attributes.badge=B7777', index: 'user_attributes_pkey'},
    {name: 'two attributes', query: '?attributes.department=legal&attributes.level=3', index: 'user_attributes_pkey'},
    {name: 'role, locale and verified', query: '?role=editor&locale=de&emailVerified=true', index: ['role_grants_', 'user_profiles_locale_user_id_idx'], statements: 2},
    {name: 'role, by name', query: '?role=editor&sort=name', index: ['users_folded_name_id_idx', 'role_grants_'], statements: 2},
    {name: 'the deleted', query: '?deleted=true', index: 'users_id_deleted_idx'},
    {name: 'total of all', query: '/count', index: 'users_'},
    {name: 'total by role of 1 in 1,000', query: '/count?role=auditor', index: 'role_grants_', statements: 2},
    {name: 'total by group of 1 in 10', query: '/count?group=group-0', index: 'memberships_', statements: 2},
    {name: 'total by status of 1 in 100', query: '/count?status=invited', index: 'users_'},
    {name: 'total by locale of 1 in 5', query: '/count?locale=en-GB', index: 'user_profiles_'},
    {name: 'total by attribute of 1 in 25', query: '/count?attributes.department=legal', index: 'user_attributes_'},
    {name: 'total of infix of 1 in 40', query: '/count?q=mith', index: 'user_search_'},
    {name: 'total of infix of 1 in 600', query: '/count?q=augha', index: 'user_search_'},
    {name: 'total of two words', query: '/count?q=maria+smi', index: 'user_search_'},
    {name: 'total of a prefix of two letters', query: '/count?q=zs', index: 'user_search_'},
    {name: 'one user', query: (s) => `/${s.hundred[0]}`, index: 'users_pkey'},
    {name: 'permissions of one, explained', query: (s) => `/${s.hundred[0]}/permissions`, index: 'role_grants_pkey'},
    {name: 'groups of one', query: (s) => `/${s.hundred[0]}/groups`, index: 'memberships_user_id_idx', statements: 2},
    {name: 'all that is held on one', query: (s) => `/${s.hundred[0]}/export`},
    {name: 'members of 1 in 10', query: (s) => `/api/v1/groups/${s.group}/members`, index: 'memberships_', statements: 2},
    {name: 'groups', query: '/api/v1/groups', index: 'groups_'},
    {name: 'audit: the newest', query: '/api/v1/audit-events', index: 'audit_events_'},
    {name: 'audit: to one', query: (s) => `/api/v1/audit-events?target=${s.hundred[0]}`, index: 'audit_events_'},
    {name: 'audit: by 1 in 50', query: '/api/v1/audit-events?actor=01900000-0000-7000-8000-0000000000a1', index: 'audit_events_'},
    {name: 'audit: 1 in 1,000, in a month', query: '/api/v1/audit-events?action=user.banned&from=2025-09-01T00:00:00Z&to=2025-10-01T00:00:00Z', index: 'audit_events_'},
    {name: 'report: sign-ups by month', query: '/api/v1/reports/sign-ups'},
    {name: 'report: by status and role', query: '/api/v1/reports/statuses'},
    {name: 'report: sessions since', query: '/api/v1/reports/sessions?since=2025-06-01&moreThan=0', index: 'sessions_'},
    {name: 'report: inactive since', query: '/api/v1/reports/inactive-users?since=2025-06-01', index: 'user_activity_last_seen_at_user_id_idx'},
    {name: 'list-users of the other dialect: one by infix', query: (s) => `/api/auth/admin/list-users?searchValue=${s.one.slice(1)}`, index: 'user_search_text_idx'},
    {name: 'batch of 100', query: '/api/v1/users/batch-get', body: (s) => ({ids: s.hundred}), index: 'users_pkey'},
].filter((path) => path.name.includes(options.only));

// --- plans and statements

const asleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
function tail(from) {
    const size = statSync(log).size;
    const file = openSync(log, 'r');
    const buffer = Buffer.alloc(size - from);
    readSync(file, buffer, 0, buffer.length, from);
    closeSync(file);
    return buffer.toString();
}
async function explained(service, path) {
    const from = statSync(log).size;
    await ask(service, path);
    await asleep(120);
    const entries = tail(from).split(/^(?=\S* [A-Z]+: )/m)
        .filter((entry) => entry.startsWith(`${service.database} LOG:`) && entry.includes('  plan:'));
    return entries.map((entry) => JSON.parse(entry.slice(entry.indexOf('{'))))
        // jobs run at any time, what an export leaves in the trail is sealed soon; the service's own session check is not the path's
        .filter((plan) => !/\b(jobs|mail_outbox|token_digest|audit_seal|flyway_schema_history)\b/i.test(plan['Query Text']));
}
const indexes = (plan) => [...JSON.stringify(plan).matchAll(/"Index Name":"([^"]+)"/g)].map((match) => match[1]);

// ---

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const faults = [];
try {
    startPostgres();
    const measured = [];
    for (const [i, size] of sizes.entries()) {
        const database = `bench_${size}`;
        const port = Number(options.port) + 1 + i;
        if (sql('postgres', `SELECT count(*) FROM pg_database WHERE datname = '${database}'`) === '0') {
            sql('postgres', `CREATE DATABASE ${database}`);
            // the service makes the schema
            await stopService(await startService(database, port));
            const began = Date.now();
            execFileSync(join(options.pgbin, 'psql'), ['-X', '-q', '-v', `n=${size}`, '-f', join(here, 'load.sql'), url(database)], {stdio: 'inherit'});
            console.log(`${size} users loaded in ${Math.round((Date.now() - began) / 1000)} s`);
        }
        await startService(database, port);
        const service = {database, size, port, agent: new http.Agent({keepAlive: true, maxSockets: 1})};
        const signedIn = await request(service, 'POST', '/api/auth/sign-in/email', {email: 'boss@bench.example', password: PASSWORD});
        service.token = JSON.parse(signedIn.body).token;
        service.hundred = sql(database, `SELECT string_agg(id::text, ',') FROM (SELECT id FROM users WHERE deleted_at IS NULL ORDER BY md5(id::text) LIMIT 100) u`).split(',');
        service.group = sql(database, "SELECT id FROM groups WHERE slug = 'group-0'");
        const middle = Math.min(500_000, size / 2);
        service.middle = [sql(database, `SELECT id FROM users WHERE deleted_at IS NULL ORDER BY id OFFSET ${middle} LIMIT 1`)];
        service.one = sql(database, `SELECT email_key FROM users WHERE deleted_at IS NULL ORDER BY id OFFSET ${middle} LIMIT 1`);
        service.middleByName = sql(database, `SELECT lower(left(name, 100)) || '|' || id FROM users WHERE deleted_at IS NULL ORDER BY lower(left(name, 100)), id OFFSET ${middle} LIMIT 1`).split('|');
        service.first = {};
        for (const query of ['?size=10', '?size=10&sort=name']) {
            service.first[query] = JSON.parse((await ask(service, {name: query, query})).body).next;
        }
        measured.push(service);
    }

    // --- measure: turn about, so that what else the machine does hits both
    const results = [];
    for (const path of paths) {
        const times = measured.map(() => []);
        for (let round = 0; round < rounds + 100; round++) {
            for (const [i, service] of measured.entries()) {
                const began = process.hrtime.bigint();
                await ask(service, path);
                if (round >= 100) times[i].push(Number(process.hrtime.bigint() - began) / 1e6);
            }
        }
        results.push({path, medians: times.map(median)});
        console.error(path.name, results.at(-1).medians.map((ms) => ms.toFixed(2)).join(" "));
    }

    // --- plans, after the measuring
    sql('postgres', 'ALTER SYSTEM SET auto_explain.log_min_duration = 0');
    sql('postgres', 'SELECT pg_reload_conf()');
    await asleep(500);
    for (const result of results) {
        const {path} = result;
        result.statements = [];
        for (const [i, service] of measured.entries()) {
            const expected = path.statements || 1;
            let plans = await explained(service, path);
            // the service's own tasks come in between now and then
            for (let again = 0; again < 3 && plans.length !== expected; again++) plans = await explained(service, path);
            result.statements.push(plans.length);
            if (plans.length !== expected) {
                faults.push(`${path.name} takes ${plans.length} statements among ${service.size}, not ${expected}`);
            }
            if (i === measured.length - 1) {
                const used = plans.flatMap(indexes);
                const wanted = [path.index ?? ''].flat();
                result.index = used.find((index) => wanted.some((name) => index.startsWith(name)));
                if (path.index !== undefined && !result.index) faults.push(`${path.name} uses ${[...new Set(used)]}, not ${wanted}`);
                if (plans.some((plan) => /"Node Type":"Seq Scan"[^{}]*"Relation Name":"user(s|_search|_activity|_profiles|_attributes)"/.test(JSON.stringify(plan)))) {
                    faults.push(`${path.name} reads a table of users as a whole`);
                }
            }
        }
    }
    sql('postgres', 'ALTER SYSTEM RESET auto_explain.log_min_duration');
    sql('postgres', 'SELECT pg_reload_conf()');

    const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
    row('path', ...sizes.map((size) => `${size.toLocaleString('en')} users`), 'ratio', 'statements', 'index');
    row('---', ...sizes.map(() => '--:'), '--:', '--:', '---');
    for (const {path, medians, statements, index} of results) {
        const ratio = medians.at(-1) / medians[0];
        row(path.name, ...medians.map((ms) => `${ms.toFixed(2)} ms`), ratio.toFixed(2), statements.at(-1), index);
        if (!(ratio < MAX_RATIO)) faults.push(`${path.name} costs ${ratio.toFixed(2)} times as much`);
    }
    const first = results.length && await (async () => {
        // page 50,000 beside page 1 of the same list, in the great database
        const service = measured.at(-1);
        const compare = {};
        for (const [name, query] of [['?size=10', service.middle], ['?size=10&sort=name', service.middleByName]]) {
            const times = [[], []];
            for (let round = 0; round < rounds; round++) {
                for (const [i, asked] of [name, behind(service, name, query)].entries()) {
                    const began = process.hrtime.bigint();
                    await ask(service, {name, query: asked});
                    times[i].push(Number(process.hrtime.bigint() - began) / 1e6);
                }
            }
            compare[name] = times.map(median);
        }
        return compare;
    })();
    for (const [query, [one, far]] of Object.entries(first)) {
        console.log(`${query}: page 1 ${one.toFixed(2)} ms, page 50,000 ${far.toFixed(2)} ms, ratio ${(far / one).toFixed(2)}`);
        if (!(far / one < 1.5)) faults.push(`page 50,000 of ${query} costs ${(far / one).toFixed(2)} times page 1`);
    }
} finally {
    for (const child of services) if (child.exitCode === null) child.kill('SIGKILL');
    postgres('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
    if (options.keep === 'false') rmSync(options.dir, {recursive: true});
}
if (faults.length) {
    console.error(faults.map((fault) => `FAILED: ${fault}`).join('\n'));
    process.exit(1);
}
