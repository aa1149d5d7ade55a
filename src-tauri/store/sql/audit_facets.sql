-- What the audit trail can be filtered by: every login and every action that it names.
select 'login' as what, w.word, s.name
from console.audit_words('login') as w (word)
left join console.staff_list() as s on s.login = w.word
union all
select 'action', w.word, null
from console.audit_words('action') as w (word)
order by 1, 2
