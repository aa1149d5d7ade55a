-- Every relation of `public` with its columns and unique keys: what attach makes the canonical views
-- from. Read with an empty search_path, so that types outside pg_catalog are named with their schema.
-- Partitions are left out: their table stands for them.
select
  c.relname::text as name,
  case c.relkind
    when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view' else 'foreign table'
  end as kind,
  c.relkind = 'p' as partitioned,
  c.relkind = 'p' or exists (select from pg_catalog.pg_inherits as h where h.inhparent = c.oid) as in_parts,
  -- Whoever a view reads as must be allowed to read what it is made of, and what that is made of: its owner, or whoever
  -- asks where it says so, which here is who attaches. Of what a function gives nothing is known.
  c.relkind <> 'v' or not exists (
    with recursive made_of (oid, place, reads_as, known) as (
      select c.oid, 0, null::oid, true
      union
      select d.oid, d.place, w.oid, d.known
      from made_of as m
      join pg_catalog.pg_class as v on v.oid = m.oid and v.relkind = 'v'
      cross join lateral (
        select case
          when v.reloptions && '{security_invoker=true,security_invoker=on,security_invoker=yes,security_invoker=1}'::text[]
            then keeper.oid
          else v.relowner end as oid
      ) as w
      cross join lateral (
        select
          p.refobjid as oid, p.refobjsubid as place,
          not exists (
            select
            from pg_catalog.pg_depend as f
            join pg_catalog.pg_proc as g on g.oid = f.refobjid
            where
              f.classid = p.classid and f.objid = p.objid and g.proretset
              and f.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
          ) as known
        from pg_catalog.pg_rewrite as u
        join pg_catalog.pg_depend as p on p.objid = u.oid
        join pg_catalog.pg_class as o on o.oid = p.refobjid
        where
          u.ev_class = v.oid and u.ev_type = '1' and p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
          and p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.refobjid <> v.oid
          and o.relkind in ('r', 'p', 'v', 'm', 'f')
      ) as d
    )
    select
    from made_of as m
    where m.reads_as is not null and m.known and not case
      when m.place > 0 then pg_catalog.has_column_privilege(m.reads_as, m.oid, m.place::smallint, 'select')
      else pg_catalog.has_any_column_privilege(m.reads_as, m.oid, 'select') end
  ) as opens,
  c.relispopulated as filled,
  c.relrowsecurity as row_security,
  -- Whether policies hold for whoever attaches: our views read with that login's rights.
  c.relkind in ('r', 'p') and c.relrowsecurity and not keeper.rolsuper and not keeper.rolbypassrls
    and (c.relforcerowsecurity or not pg_catalog.pg_has_role(keeper.oid, c.relowner, 'usage')) as rows_hidden,
  coalesce(
    (
      select pg_catalog.jsonb_agg(
        pg_catalog.jsonb_build_object(
          'name', a.attname,
          'declared', pg_catalog.format_type(a.atttypid, a.atttypmod),
          'type', pg_catalog.format_type(base.oid, null),
          'enumerated', base.typtype = 'e',
          'not_null', a.attnotnull or base.not_null,
          -- Identity and generated columns fill themselves as well as those with a default.
          'has_default', a.atthasdef or a.attidentity <> '' or t.typdefault is not null,
          'generated', a.attgenerated <> '' or a.attidentity = 'a',
          'readable', pg_catalog.has_column_privilege(keeper.oid, c.oid, a.attnum, 'select'),
          -- Texts of two collations beside the database's own cannot be compared with each other, and some
          -- can be compared with nothing but themselves.
          'recollated',
            a.attcollation not in (0, 'pg_catalog."default"'::pg_catalog.regcollation) and (
              mixed.collations > 1
              or exists (
                select from pg_catalog.pg_collation as l where l.oid = a.attcollation and not l.collisdeterministic
              )
            ),
          'minor_units',
            coalesce(
              -- Of a whole number cents are said in more ways.
              pg_catalog.col_description(c.oid, a.attnum) ~* case
                when base.oid in ('int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype)
                  then '\m(in|of|as) ((us|usd|eur|euro)[ -])?cents\M|^\W*((us|usd|eur|euro)[ -])?cents\M|\(cents\)|\mminor units?\M|\msmallest (currency )?units?\M'
                else '\min (us )?cents\M|\mminor units?\M|\msmallest (currency )?units?\M' end
              and pg_catalog.col_description(c.oid, a.attnum) !~* '\m(not|never|no|major)\M',
              false
            ),
          'words', coalesce(
            (
              select pg_catalog.jsonb_agg(e.enumlabel order by e.enumsortorder)
              from pg_catalog.pg_enum as e where e.enumtypid = base.oid
            ),
            (
              -- A check of this column alone that is nothing but a list of words.
              select (
                select pg_catalog.jsonb_agg(word.found[1] order by word.place)
                from pg_catalog.regexp_matches(list.checked, '''((?:[^'']|'''')*)''::', 'g') with ordinality as word (found, place)
              )
              from pg_catalog.pg_constraint as k
              cross join lateral (select pg_catalog.pg_get_constraintdef(k.oid) as checked) as list
              where
                k.conrelid = c.oid and k.contype = 'c' and k.convalidated and k.conkey = array[a.attnum]
                and list.checked ~ '^CHECK \(\(+("[^"]+"|\w+)(\)?::text)?\)? = ANY \(+ARRAY\[[^]]*\][^]]*(\[\][^]]*)?\)$'
                and list.checked !~ ' (OR|AND|NOT) '
              order by k.conname
              limit 1
            ),
            '[]'
          )
        )
        order by a.attnum
      )
      from pg_catalog.pg_attribute as a
      join pg_catalog.pg_type as t on t.oid = a.atttypid
      cross join lateral (
        -- A domain is read as what it is made of in the end; any of them may forbid nulls.
        with recursive made_of (oid, typtype, typbasetype, not_null) as (
          select d.oid, d.typtype, d.typbasetype, d.typtype = 'd' and d.typnotnull
          from pg_catalog.pg_type as d
          where d.oid = a.atttypid
          union all
          select d.oid, d.typtype, d.typbasetype, m.not_null or (d.typtype = 'd' and d.typnotnull)
          from made_of as m
          join pg_catalog.pg_type as d on d.oid = m.typbasetype
          where m.typtype = 'd'
        )
        select m.oid, m.typtype, m.not_null from made_of as m where m.typtype <> 'd'
      ) as base
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ),
    '[]'
  ) as columns,
  coalesce(
    (
      select pg_catalog.jsonb_agg(key.columns order by key.columns)
      from (
        select (
          select pg_catalog.jsonb_agg(a.attname order by k.position)
          from pg_catalog.unnest(i.indkey::smallint[]) with ordinality as k (attnum, position)
          join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = k.attnum
          where k.position <= i.indnkeyatts
        ) as columns
        from pg_catalog.pg_index as i
        -- Partial, deferred and expression keys do not serve `on conflict (column)`.
        where
          i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate
          and i.indpred is null and i.indexprs is null
      ) as key
    ),
    '[]'
  ) as unique_keys,
  exists (
    select
    from pg_catalog.pg_trigger as g
    join pg_catalog.pg_proc as p on p.oid = g.tgfoid
    where
      g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled in ('O', 'A')
      and not exists (
        select from pg_catalog.unnest(p.proconfig) as setting (text) where setting.text like 'search_path=%'
      )
  ) as triggers_need_path
from pg_catalog.pg_class as c
-- Whoever owns our schema, once it is there; whoever asks, before.
join pg_catalog.pg_roles as keeper on keeper.oid = coalesce(
  (select n.nspowner from pg_catalog.pg_namespace as n where n.nspname = 'console'),
  (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user)
)
cross join (
  select count(distinct t.attcollation) as collations
  from pg_catalog.pg_attribute as t
  join pg_catalog.pg_class as r on r.oid = t.attrelid
  where r.relnamespace = (select n.oid from pg_catalog.pg_namespace as n where n.nspname = 'public')
    and r.relkind in ('r', 'p', 'v', 'm', 'f') and t.attnum > 0 and not t.attisdropped
    and t.attcollation not in (0, 'pg_catalog."default"'::pg_catalog.regcollation)
) as mixed
where c.relnamespace = (select n.oid from pg_catalog.pg_namespace as n where n.nspname = 'public')
  and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  -- What an extension brought along says nothing about the service.
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by c.relname
