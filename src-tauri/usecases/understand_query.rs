//! Understands what is typed to filter users: operators become filters, the rest stays text.

use crate::domain::browse::{UsersFilter, UsersQuery};
use crate::domain::directory::Person;
use crate::domain::finding::operators::{Condition, Problem, Query, parse};
use crate::domain::finding::vocabulary::{Completion, complete};
use crate::domain::ids::ClusterId;
use crate::store::door::Reading;
use crate::store::people;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// What could come where somebody types, and what of the text is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Help {
    /// There are operators in it, or what looks like some.
    pub has_operators: bool,
    /// What is wrong, with its place.
    pub problems: Vec<Problem>,
    /// What could come at the caret.
    pub completions: Vec<Completion>,
}

/// Helps with a text while it is typed. `caret` is a place in bytes.
///
/// # Errors
/// When the database fails; it is asked only where the text names a cluster or a team.
pub async fn help_with(desk: &Desk, text: &str, caret: usize) -> Result<Help, DeskError> {
    let query = parse(text, desk.now());
    let mut clusters = Vec::new();
    let mut problems = query.problems.clone();
    let asks = query
        .terms
        .iter()
        .any(|term| matches!(term.condition, Condition::Cluster(_) | Condition::Team(_)));
    // `cluster:` with nothing behind it is a problem, and the moment to offer clusters.
    if asks || text.to_lowercase().contains("cluster") {
        let mut reading = desk.store.read().await?;
        clusters = people::clusters(&mut reading).await?;
        let mut filter = UsersFilter::default();
        problems = narrow(&mut reading, &mut filter, &query, &clusters).await?;
        reading.end().await?;
    }
    let names: Vec<String> = clusters.into_iter().map(|(_, name)| name).collect();
    Ok(Help {
        has_operators: query.has_operators(),
        problems,
        completions: complete(text, caret, &names),
    })
}

/// The query of a list or an export with the operators in its text taken as filters.
///
/// # Errors
/// As [`understood`].
pub async fn understood_query(desk: &Desk, query: UsersQuery) -> Result<UsersQuery, DeskError> {
    let mut reading = desk.store.read().await?;
    let filter = understood(desk, &mut reading, query.filter).await?;
    reading.end().await?;
    Ok(UsersQuery { filter, ..query })
}

/// The filter with the operators in its text taken as filters.
///
/// # Errors
/// When something in the text is not understood or contradicts the rest of the filter, or the database
/// fails.
pub async fn understood(
    desk: &Desk,
    reading: &mut Reading,
    filter: UsersFilter,
) -> Result<UsersFilter, DeskError> {
    let text = filter.text.clone().unwrap_or_default();
    let query = parse(&text, desk.now());
    if !query.has_operators() {
        // A text in quotes is looked for without them.
        return Ok(UsersFilter {
            text: query.text,
            ..filter
        });
    }
    let needs_clusters = query
        .terms
        .iter()
        .any(|term| matches!(term.condition, Condition::Cluster(_)));
    let clusters = if needs_clusters {
        people::clusters(reading).await?
    } else {
        Vec::new()
    };
    let mut narrowed = UsersFilter {
        text: query.text.clone(),
        ..filter
    };
    let problems = narrow(reading, &mut narrowed, &query, &clusters).await?;
    match problems.into_iter().next() {
        None => Ok(narrowed),
        Some(problem) => Err(DeskError::Invalid {
            field: "Filter",
            problem: problem.sentence.trim_end_matches('.').to_owned(),
        }),
    }
}

/// Puts the query's conditions into the filter; what could not be.
async fn narrow(
    reading: &mut Reading,
    filter: &mut UsersFilter,
    query: &Query,
    clusters: &[(ClusterId, String)],
) -> Result<Vec<Problem>, DeskError> {
    let mut problems = query.problems.clone();
    for term in &query.terms {
        let outcome = match &term.condition {
            Condition::Team(text) => {
                let owners = people::owners_called(reading, text).await?;
                the_owner(text, owners).and_then(|owner| set("team", &mut filter.team, owner.id))
            }
            Condition::Cluster(text) => {
                the_cluster(text, clusters).and_then(|id| set("cluster", &mut filter.cluster, id))
            }
            condition => apply(filter, condition),
        };
        if let Err(sentence) = outcome {
            problems.push(Problem {
                place: term.place.clone(),
                sentence,
            });
        }
    }
    problems.sort_by_key(|problem| problem.place.start);
    Ok(problems)
}

/// Conditions that need no database.
fn apply(filter: &mut UsersFilter, condition: &Condition) -> Result<(), String> {
    match condition {
        Condition::Statuses(wanted) => both("status", &mut filter.statuses, wanted),
        Condition::Plans(wanted) => both("plan", &mut filter.plans, wanted),
        Condition::Role(role) => set("role", &mut filter.role, *role),
        Condition::Concern(concern) => set("trouble", &mut filter.concern, *concern),
        Condition::Cost { over, under } => {
            narrower(&mut filter.cost_over, *over, |old, new| new > old);
            narrower(&mut filter.cost_under, *under, |old, new| new < old);
            Ok(())
        }
        Condition::Seen(span) => {
            narrower(&mut filter.seen_after, span.from, |old, new| new > old);
            narrower(&mut filter.seen_before, span.before, |old, new| new < old);
            Ok(())
        }
        Condition::NeverSeen => {
            filter.never_seen = true;
            Ok(())
        }
        Condition::Registered(span) => {
            narrower(&mut filter.registered_after, span.from, |old, new| {
                new > old
            });
            narrower(&mut filter.registered_before, span.before, |old, new| {
                new < old
            });
            Ok(())
        }
        Condition::Cluster(_) | Condition::Team(_) => Ok(()),
    }
}

/// One value, unless another is chosen already.
fn set<T: PartialEq>(name: &str, slot: &mut Option<T>, value: T) -> Result<(), String> {
    match slot {
        Some(chosen) if *chosen != value => Err(contradiction(name)),
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

/// What both lists allow; an empty one allows everything.
fn both<T: Copy + PartialEq>(name: &str, chosen: &mut Vec<T>, wanted: &[T]) -> Result<(), String> {
    let left: Vec<T> = wanted
        .iter()
        .copied()
        .filter(|value| chosen.is_empty() || chosen.contains(value))
        .collect();
    if left.is_empty() {
        return Err(contradiction(name));
    }
    *chosen = left;
    Ok(())
}

fn contradiction(name: &str) -> String {
    format!("{name} in the text contradicts the {name} chosen beside it; clear one of them.")
}

fn narrower<T: Copy>(slot: &mut Option<T>, value: Option<T>, tighter: impl Fn(T, T) -> bool) {
    if let Some(value) = value
        && slot.is_none_or(|old| tighter(old, value))
    {
        *slot = Some(value);
    }
}

/// The cluster of that id or name, or the only one whose name begins so, or holds it.
fn the_cluster(text: &str, clusters: &[(ClusterId, String)]) -> Result<ClusterId, String> {
    let wanted = text.to_lowercase();
    let fits: [fn(&str, &str) -> bool; 3] = [
        |name, wanted| name == wanted,
        |name, wanted| name.starts_with(wanted),
        |name, wanted| name.contains(wanted),
    ];
    if let Some((id, _)) = clusters.iter().find(|(id, _)| id.as_str() == wanted) {
        return Ok(id.clone());
    }
    for fits in fits {
        let found: Vec<&(ClusterId, String)> = clusters
            .iter()
            .filter(|(_, name)| fits(&name.to_lowercase(), &wanted))
            .collect();
        match found.as_slice() {
            [] => {}
            [(id, _)] => return Ok(id.clone()),
            several => {
                let names = several.iter().map(|(_, name)| name.as_str());
                return Err(format!("{text} fits several clusters: {}.", list(names)));
            }
        }
    }
    if clusters.is_empty() {
        return Err("This database records no clusters.".to_owned());
    }
    let names = clusters.iter().map(|(_, name)| name.as_str());
    Err(format!(
        "No cluster is called {text}; there are {}.",
        list(names)
    ))
}

fn the_owner(text: &str, mut owners: Vec<Person>) -> Result<Person, String> {
    match owners.len() {
        0 => Err(format!(
            "No account owner has the e-mail, id or company {text}; names of companies are given whole."
        )),
        1 => Ok(owners.remove(0)),
        _ => {
            let emails = owners.iter().map(|owner| owner.email.as_str());
            Err(format!("{text} fits several accounts: {}, …", list(emails)))
        }
    }
}

/// A few of them, by commas.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 8;
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(MOST)].join(", ");
    if names.len() > MOST {
        format!("{shown} and {} more", names.len() - MOST)
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{Plan, UserStatus};

    fn clusters() -> Vec<(ClusterId, String)> {
        ["eu-west-1", "eu-central-1", "us-east-1", "us-east-1b"]
            .iter()
            .map(|name| {
                (
                    ClusterId::parse(&format!("id-{name}")).expect("an id"),
                    (*name).to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn a_cluster_may_be_shortened_as_long_as_one_fits() {
        let clusters = clusters();
        let named = |text: &str| the_cluster(text, &clusters).map(|id| id.to_string());
        assert_eq!(
            named("us-east-1").as_deref(),
            Ok("id-us-east-1"),
            "the whole name wins"
        );
        assert_eq!(named("EU-W").as_deref(), Ok("id-eu-west-1"));
        assert_eq!(named("central").as_deref(), Ok("id-eu-central-1"));
        assert_eq!(named("id-us-east-1b").as_deref(), Ok("id-us-east-1b"));
        assert_eq!(
            named("eu").expect_err("two"),
            "eu fits several clusters: eu-west-1, eu-central-1."
        );
        assert!(
            named("ap")
                .expect_err("none")
                .contains("there are eu-west-1, eu-central-1")
        );
    }

    #[test]
    fn operators_narrow_what_is_chosen_beside_them_or_contradict_it() {
        let mut filter = UsersFilter {
            statuses: vec![UserStatus::Active, UserStatus::Suspended],
            plans: vec![Plan::Free],
            ..UsersFilter::default()
        };
        let wanted = [UserStatus::Suspended, UserStatus::Deleted];
        assert_eq!(
            apply(&mut filter, &Condition::Statuses(wanted.to_vec())),
            Ok(())
        );
        assert_eq!(filter.statuses, [UserStatus::Suspended]);
        let refused = apply(&mut filter, &Condition::Plans(vec![Plan::Prepaid]));
        assert!(
            refused
                .expect_err("nobody is both")
                .contains("contradicts the plan")
        );
        assert_eq!(filter.plans, [Plan::Free], "what was chosen stays");
    }
}
