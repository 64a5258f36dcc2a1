-- What a database consists of besides its rows, one definition a line, in words
-- that are the same before and after a dump. What belongs to an extension is the
-- administrator's matter and left out.
-- Expressions are written the pretty way, which is the same however deep equal
-- operators were nested before a dump flattened them.
WITH spaces AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
      AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extnamespace = n.oid AND n.nspname <> 'public')
),
relations AS (
    SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
),
functions AS (
    SELECT p.*, format('%I.%I(%s)', s.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
    FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
),
grants AS (
    SELECT 'grant on schema' AS kind, s.nspname::text AS name, coalesce(s.nspacl, acldefault('n', s.nspowner)) AS acl FROM spaces s
    UNION ALL
    SELECT 'grant', r.name, coalesce(r.relacl, acldefault(CASE r.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, r.relowner)) FROM relations r
    UNION ALL
    SELECT 'grant on column', r.name || '.' || quote_ident(a.attname), a.attacl FROM pg_attribute a JOIN relations r ON r.oid = a.attrelid WHERE a.attacl IS NOT NULL
    UNION ALL
    SELECT 'grant on function', f.name, coalesce(f.proacl, acldefault('f', f.proowner)) FROM functions f
    UNION ALL
    SELECT 'default grant', coalesce(s.nspname, '') || ' ' || d.defaclobjtype::text || ' by ' || pg_get_userbyid(d.defaclrole), d.defaclacl
    FROM pg_default_acl d LEFT JOIN spaces s ON s.oid = d.defaclnamespace
)
SELECT 'table' AS kind, name, format('kind %s, owned by %s, row security %s, forced %s', relkind, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity) AS definition
FROM relations
UNION ALL
SELECT 'column', r.name || '.' || quote_ident(a.attname),
    concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END, nullif(a.attgenerated::text, ''), nullif(a.attidentity::text, ''),
        'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid, true))
FROM pg_attribute a JOIN relations r ON r.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'S'
UNION ALL
SELECT 'constraint', r.name || '.' || quote_ident(c.conname), pg_get_constraintdef(c.oid, true) FROM pg_constraint c JOIN relations r ON r.oid = c.conrelid
UNION ALL
SELECT 'index', r.name || '.' || quote_ident(i.relname), pg_get_indexdef(x.indexrelid, 0, true) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_index x JOIN relations r ON r.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT 'trigger', r.name || '.' || quote_ident(t.tgname), pg_get_triggerdef(t.oid, true) || ' enabled ' || t.tgenabled::text
FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy', r.name || '.' || quote_ident(p.polname),
    format('%s permissive %s for %s using %s check %s', p.polcmd, p.polpermissive,
        (SELECT string_agg(CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o) END, ',' ORDER BY 1) FROM unnest(p.polroles) o),
        pg_get_expr(p.polqual, p.polrelid, true), pg_get_expr(p.polwithcheck, p.polrelid, true))
FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
UNION ALL
SELECT 'function', name, pg_get_functiondef(oid) || ' owned by ' || pg_get_userbyid(proowner) FROM functions WHERE prokind IN ('f', 'p')
UNION ALL
SELECT 'view', name, pg_get_viewdef(oid, true) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'sequence', r.name, format('start %s increment %s max %s min %s cycle %s', q.seqstart, q.seqincrement, q.seqmax, q.seqmin, q.seqcycle)
FROM pg_sequence q JOIN relations r ON r.oid = q.seqrelid
UNION ALL
SELECT 'type', format('%I.%I', s.nspname, t.typname), (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace WHERE t.typtype = 'e'
UNION ALL
SELECT 'schema', nspname, 'owned by ' || pg_get_userbyid(nspowner) FROM spaces
UNION ALL
SELECT g.kind, g.name, string_agg(format('%s may %s%s', CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee) END, a.privilege_type,
    CASE WHEN a.is_grantable THEN ' and grant' ELSE '' END), ', ' ORDER BY pg_get_userbyid(a.grantee), a.privilege_type)
FROM grants g, aclexplode(g.acl) a GROUP BY g.kind, g.name
ORDER BY 1, 2, 3
