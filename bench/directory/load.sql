-- Fills a migrated, empty database with :n users, the same on every server and in every run:
--   psql -v n=1000000 -f load.sql postgresql://...
-- What a user is like follows from its number alone, so that the first 10,000 of a million are
-- those of the small database but for the time between them, which always adds up to five years.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET synchronous_commit = off;
SET gin_pending_list_limit = '512MB';
SET work_mem = '64MB';
SET timezone = 'UTC';

-- a number from 0 up to 1 for the user and the trait
CREATE FUNCTION pg_temp.part(i bigint, trait bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    'SELECT (hashint8extended(i, trait) & 2147483647) / 2147483648.0';

-- one of a list, the early ones far more often, as people's names are
CREATE FUNCTION pg_temp.pick(list text[], part float8, skew float8) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT list[1 + floor(cardinality(list) * power(part, skew))::int]';

CREATE TEMP TABLE traits AS
SELECT
    string_to_array('maria,anna,james,john,olivia,emma,liam,noah,sofia,lucas,mia,david,laura,daniel,sarah,thomas,julia,michael,elena,paul,clara,peter,nina,max,eva,robert,lena,martin,ines,simon,alice,hugo,ida,oscar,karin,felix,rosa,victor,hanna,jonas,carla,leo,marta,adam,sara,erik,lucia,nils,helen,george,amelie,henry,irene,samuel,teresa,anton,vera,bruno,agnes,marco,zoe,philip,dora,louis,ella,arthur,greta,emil,ruth,otto,iris,stefan,nora,viktor,linda,mateo,petra,andrea,chiara,luca,giulia,matteo,yuki,haruto,aiko,ren,mei,wei,li,jun,priya,arjun,ananya,rohan,fatima,omar,layla,yusuf,amina,ali,aisha,kofi,ama,kwame,zainab,chidi,ngozi,tunde,olga,ivan,irina,dmitri,svetlana,alexei,katarzyna,piotr,agnieszka,tomasz,zsofia,bence,ilinca,andrei,eleni,nikos,katerina,giorgos,aoife,sean,niamh,ciaran,siobhan,rhys,carys,fiona,ewan,astrid,bjorn,freya,sven,liv,magnus,saga,eino,aino,veikko,kaisa,mart,liis,janis,liga,jonas2,ruta,marek,jana,ondrej,tereza,goran,ivana,luka,mila,stjepan,vesna,dejan,jelena,emir,selma,besnik,arta,mehmet,ayse,emre,zeynep,david2,noam,tamar,yael,reza,leila,farid,shirin,ahmet,elif,thanh,linh,minh,huong,budi,siti,putra,dewi,jose,carmen,juan,isabel,diego,valentina,camila,thiago,beatriz,joao,ana,miguel,pedro,larissa', ',') AS first_names,
    string_to_array('smith,mueller,garcia,martin,silva,rossi,jansen,novak,schmidt,johnson,brown,jones,lopez,schneider,fischer,weber,meyer,wagner,becker,schulz,hoffmann,williams,davis,miller,wilson,moore,taylor,anderson,thomas,jackson,white,harris,clark,lewis,walker,hall,young,king,wright,scott,green,baker,adams,nelson,carter,mitchell,roberts,turner,phillips,campbell,parker,evans,edwards,collins,stewart,morris,murphy,cook,rogers,morgan,cooper,peterson,reed,bailey,bell,kelly,howard,ward,cox,richardson,wood,watson,brooks,bennett,gray,hughes,price,myers,long,foster,sanders,ross,powell,sullivan,russell,ortiz,jenkins,perry,butler,barnes,fisher,henderson,coleman,simmons,patterson,jordan,reynolds,hamilton,graham,kim,gonzalez,alexander,ramos,wallace,griffin,west,cole,hayes,gibson,bryant,ellis,stevens,murray,ford,marshall,owens,harrison,kennedy,wells,woods,henry,chen,freeman,webb,tucker,burns,crawford,olson,simpson,porter,hunter,gordon,mendez,shaw,snyder,mason,dixon,munoz,hunt,hicks,holmes,palmer,wagner2,black,robertson,boyd,stone,salazar,fox,warren,mills,rice,schroeder,neumann,schwarz,zimmermann,braun,krueger,hofmann,hartmann,lange,werner,krause,lehmann,koehler,maier,huber,kaiser,fuchs,peters,lang,scholz,moeller,weiss,jung,hahn,schubert,vogel,friedrich,keller,guenther,frank,berger,winkler,roth,beck,lorenz,baumann,franke,albrecht,schuster,simon,ludwig,boehm,winter,kraus,dubois,durand,leroy,moreau,laurent,lefebvre,roux,fournier,girard,bonnet,dupont,lambert,fontaine,rousseau,vincent,russo,ferrari,esposito,bianchi,romano,colombo,ricci,marino,greco,bruno,gallo,conti,mancini,costa,giordano,rizzo,lombardi,moretti,barbieri,fontana,santos,oliveira,souza,pereira,ferreira,alves,ribeiro,carvalho,gomes,martins,rocha,almeida,nascimento,barbosa,cardoso,teixeira,kowalski,wisniewski,wojcik,kowalczyk,kaminski,lewandowski,zielinski,szymanski,wozniak,dabrowski,nowak,horvat,kovac,babic,maric,petrovic,jovanovic,nikolic,svoboda,novotny,dvorak,cerny,prochazka,toth,nagy,szabo,kiss,popescu,ionescu,dumitru,papadopoulos,ivanov,petrov,sokolov,kuznetsov,popov,volkov,andersson,johansson,karlsson,nilsson,eriksson,larsson,olsson,persson,hansen,olsen,larsen,pedersen,nielsen,christensen,korhonen,virtanen,makinen,nieminen,tamm,berzins,kazlauskas,yilmaz,kaya,demir,celik,sahin,cohen,levi,mizrahi,khan,ahmed,hussain,patel,sharma,singh,gupta,kumar,das,wang,zhang,liu,yang,huang,zhao,tanaka,suzuki,sato,watanabe,yamamoto,nakamura,lee,park,choi,nguyen,tran,le,pham,hoang,okafor,adeyemi,mensah,owusu,abebe,mwangi,otieno,dlamini,nkosi,vandenberg,devries,bakker,visser,smit,meijer,debruijn,peeters,janssens,maes,oconnor,obrien,byrne,walsh,macdonald,mackenzie,fraser,sinclair,griffiths,llewellyn,vaughan', ',') AS last_names,
    string_to_array('example.com,mail.example,corp.example,post.example,office.example,school.example,uni.example,web.example,inbox.example,home.example,work.example,shop.example,agency.example,studio.example,team.example,cloud.example,north.example,south.example,east.example,west.example', ',') AS domains,
    string_to_array('en-GB,de,fr,es,it,pt-BR,nl,pl,sv,tr,cs,el,fi,lv', ',') AS locales,
    string_to_array('sales,engineering,support,marketing,finance,people,legal,research', ',') AS departments;

CREATE TEMP TABLE people AS
SELECT i,
    made.at AS created_at,
    (lpad(to_hex((extract(epoch FROM made.at) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid AS id,
    pg_temp.pick(t.first_names, pg_temp.part(i, 1), 1.6) AS first_name,
    pg_temp.pick(t.last_names, pg_temp.part(i, 2), 1.6) AS last_name,
    pg_temp.pick(t.domains, pg_temp.part(i, 3), 3) AS domain,
    pg_temp.pick(t.locales, pg_temp.part(i, 4), 2) AS locale,
    pg_temp.pick(t.departments, pg_temp.part(i, 5), 1) AS department
FROM traits t, generate_series(1, :n) i,
    LATERAL (SELECT timestamptz '2021-01-01' + i * (interval '5 years' / :n)) made (at);

INSERT INTO users (id, name, email, email_verified, username, display_username, banned, ban_reason, ban_expires, status,
    created_at, updated_at, deleted_at)
SELECT id,
    initcap(first_name) || ' ' || initcap(last_name),
    first_name || '.' || last_name || i || '@' || domain,
    pg_temp.part(i, 11) < 0.93,
    CASE WHEN pg_temp.part(i, 12) < 0.6 THEN first_name || i END,
    CASE WHEN pg_temp.part(i, 12) < 0.6 THEN initcap(first_name) || i END,
    pg_temp.part(i, 13) < 0.002,
    CASE WHEN pg_temp.part(i, 13) < 0.002 THEN 'spam' END,
    CASE WHEN pg_temp.part(i, 13) < 0.0005 THEN created_at + interval '30 days' END,
    CASE WHEN pg_temp.part(i, 14) < 0.01 THEN 'invited' ELSE 'active' END,
    created_at,
    created_at + pg_temp.part(i, 15) * interval '300 days',
    CASE WHEN pg_temp.part(i, 16) < 0.01 THEN created_at + interval '400 days' END
FROM people ORDER BY i;

-- seven in ten have a profile
INSERT INTO user_profiles (user_id, first_name, last_name, birth_date, locale, timezone, attributes, version, created_at, updated_at)
SELECT id, initcap(first_name), initcap(last_name),
    CASE WHEN pg_temp.part(i, 22) < 0.8 THEN date '1945-01-01' + (power(pg_temp.part(i, 23), 0.7) * 22000)::int END,
    CASE WHEN pg_temp.part(i, 24) < 0.9 THEN locale END,
    'Europe/Berlin',
    CASE WHEN pg_temp.part(i, 25) < 0.5 THEN jsonb_build_object(
        'department', department, 'level', 1 + floor(pg_temp.part(i, 26) * 10)::int,
        'contractor', pg_temp.part(i, 27) < 0.05, 'badge', 'B' || i) ELSE '{}' END,
    1, created_at, created_at
FROM people WHERE pg_temp.part(i, 21) < 0.7 ORDER BY i;

INSERT INTO roles (id, name, description) VALUES
    ('01900000-0000-7000-8000-0000000000e1', 'editor', '2 in 100'),
    ('01900000-0000-7000-8000-0000000000e2', 'auditor', '1 in 1,000'),
    ('01900000-0000-7000-8000-0000000000e3', 'owner', 'the first five');
INSERT INTO role_grants (user_id, role_id, granted_at)
SELECT p.id, r.id, p.created_at
FROM people p JOIN roles r ON r.name = 'editor' AND pg_temp.part(i, 31) < 0.02
    OR r.name = 'auditor' AND pg_temp.part(i, 32) < 0.001
    OR r.name = 'owner' AND i <= 5;

-- one group of one in ten, twenty of one in two hundred, and of thirty people each as many as it takes
INSERT INTO groups (id, name, slug)
SELECT md5('group' || g)::uuid, 'Group ' || g, 'group-' || g FROM generate_series(0, 20 + :n / 300) g;
INSERT INTO memberships (id, group_id, user_id, roles, created_at)
SELECT md5('member' || g || ':' || i)::uuid, md5('group' || g)::uuid, id, '{member}', created_at
FROM (
    SELECT 0 AS g, i, id, created_at FROM people WHERE pg_temp.part(i, 41) < 0.1
    UNION ALL
    SELECT 1 + floor(pg_temp.part(i, 43) * 20)::int, i, id, created_at FROM people WHERE pg_temp.part(i, 42) < 0.1
    UNION ALL
    SELECT 21 + floor(pg_temp.part(i, 45) * (:n / 300))::int, i, id, created_at FROM people WHERE pg_temp.part(i, 44) < 0.1
) m;

-- nine in ten have signed in, most of them lately
INSERT INTO sessions (id, user_id, token_digest, expires_at, created_at, updated_at)
SELECT id, id, sha256(i::text::bytea), seen + interval '7 days', seen, seen
FROM (SELECT i, id, created_at + (timestamptz '2026-01-01' - created_at) * power(pg_temp.part(i, 52), 0.3) AS seen
    FROM people WHERE pg_temp.part(i, 51) < 0.9) s;

\o /dev/null
-- what has happened to each in half a year, an administrator's doing for one in fifty; sealed as the service does it
SELECT audit_partition_make(month) FROM generate_series(timestamp '2025-07-01', '2025-12-01', '1 month') month;
INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type, target_id, after, ip_address)
SELECT md5('event' || i)::uuid, timestamptz '2025-07-01' + i * (interval '180 days' / :n),
    CASE WHEN pg_temp.part(i, 61) < 0.8 THEN 'user.updated' WHEN pg_temp.part(i, 61) < 0.999 THEN 'profile.updated' ELSE 'user.banned' END,
    CASE WHEN pg_temp.part(i, 62) < 0.02 THEN '01900000-0000-7000-8000-0000000000a1' ELSE id END,
    'user', id, jsonb_build_object('name', initcap(first_name)), '192.0.2.1'
FROM people ORDER BY i;
SELECT 'SELECT audit_seal(2000)' FROM generate_series(1, :n / 2000 + 1) \gexec

VACUUM ANALYZE;
