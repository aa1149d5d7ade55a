//! The function that says how a cluster is reached, key and kubeconfig included: the one way to a secret
//! column, for the headless program alone.

use crate::store::attach::canonical::Canonical;
use crate::store::attach::catalogue::Catalogue;
use crate::store::attach::ddl::{Function, everybody, quoted};
use crate::store::attach::mapping::ViewColumn;
use crate::store::attach::mapping::clusters::CLUSTERS;
use crate::store::attach::sources;

/// Name of the function.
const NAME: &str = "cluster_access";

/// Its arguments.
const ARGUMENTS: &str = "text";

/// The key of its Hopsworks; in no view.
const KEY: ViewColumn = secret("api_key");

/// What opens its Kubernetes; in no view.
const KUBECONFIG: ViewColumn = secret("kubeconfig");

const fn secret(name: &'static str) -> ViewColumn {
    ViewColumn {
        name,
        canonical: Canonical::Text,
        from: &[],
        sorted: false,
        required: None,
        identity: false,
        words: &[],
    }
}

/// The function. Where a database has no clusters, or no keys, it finds none.
pub(super) fn function(catalogue: &Catalogue) -> (Function, Vec<String>) {
    let sources = sources::of(&CLUSTERS, catalogue);
    let mut found: Vec<String> = sources
        .tables
        .iter()
        .filter_map(|source| {
            let column = |name: &str| {
                let column = CLUSTERS.column(name)?;
                Some(source.find(column, "t.").expression)
            };
            Some(format!(
                "  select {}, {}, {}, a.pem\n  from public.{} as t\n  left join console.cluster_authorities \
                 as a on a.cluster_id = {id}\n  where {id} = p_cluster_id",
                column("api_url")?,
                source.find(&KEY, "t.").expression,
                source.find(&KUBECONFIG, "t.").expression,
                quoted(&source.table.name),
                id = column("id")?,
            ))
        })
        .collect();
    if found.is_empty() {
        found
            .push("  select null::text, null::text, null::text, null::text where false".to_owned());
    }
    let statements = vec![
        format!(
            "create function console.{NAME}(p_cluster_id text)\nreturns table (api_url text, api_key text, \
             kubeconfig text, authority text)\nlanguage sql\nstable\nsecurity definer\nset search_path = ''\nas \
             $function$\n{}\n$function$;",
            found.join("\n  union all\n")
        ),
        format!(
            "comment on function console.{NAME}({ARGUMENTS}) is\n  'How a cluster is reached, with its secrets: \
             for the headless program alone.';"
        ),
        format!(
            "revoke all on function console.{NAME}({ARGUMENTS})\nfrom {};",
            everybody(catalogue)
        ),
    ];
    let function = Function {
        name: NAME.into(),
        arguments: ARGUMENTS,
        reason: None,
        writes: Vec::new(),
    };
    (function, statements)
}
