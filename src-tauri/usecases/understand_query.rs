//! Understands what is typed to filter a list: operators become filters, the rest stays text.
//!
//! One way for every list; what its operators do to its filter is in a file of its own beside this one.

mod accounts;
mod clusters;
mod credits;
mod events;
mod invoices;
mod teams;
mod users;

use crate::domain::balances::CreditsFilter;
use crate::domain::browse::UsersFilter;
use crate::domain::clusters::ClustersFilter;
use crate::domain::directory::{ClusterPlaced, Person};
use crate::domain::events::EventsFilter;
use crate::domain::finding::completion::{Completion, complete};
use crate::domain::finding::operators::{Problem, Query, Term, parse};
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Takes};
use crate::domain::fleet::AccountsFilter;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::invoices::InvoicesFilter;
use crate::domain::lacks::Lacks;
use crate::domain::teams::TeamsFilter;
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::people;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// A filter that the operators of its list narrow.
pub(in crate::usecases) trait Narrowed: Default + Send {
    /// Whose operators.
    const LIST: List;

    /// Narrows the filter by one operator, or says why that cannot be.
    fn narrow(&mut self, term: &Term, meant: Meant<'_>) -> Result<(), String>;
}

/// What an operator's value stands for.
pub(in crate::usecases) enum Meant<'a> {
    /// What was typed.
    Typed(&'a Value),
    /// The clusters that are called so.
    Clusters(Vec<ClusterId>),
    /// The account that is called so, by its owner.
    Account(UserId),
}

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

/// Helps with a text that filters that list while it is typed. `caret` is a place in bytes.
///
/// # Errors
/// When the database fails; it is asked only where the text names a cluster or an account.
pub async fn help_with(
    desk: &Desk,
    list: List,
    text: &str,
    caret: usize,
) -> Result<Help, DeskError> {
    let query = parse(list, text, desk.now());
    let takes_clusters = list
        .operators()
        .iter()
        .any(|operator| operator.takes == Takes::Cluster);
    // `cluster:` with nothing behind it is a problem, and the moment to offer clusters.
    let asks = query.terms.iter().any(is_looked_up)
        || (takes_clusters && text.to_lowercase().contains("cluster"));
    let (problems, clusters) = if asks {
        let mut reading = desk.store.read().await?;
        let clusters = people::clusters_placed(&mut reading).await?;
        let problems = problems_of(desk, list, &mut reading, &query, &clusters).await?;
        reading.end().await?;
        (problems, clusters)
    } else {
        (plain_problems(desk, list, &query), Vec::new())
    };
    let names: Vec<String> = clusters.into_iter().map(|one| one.name).collect();
    Ok(Help {
        has_operators: query.has_operators(),
        problems,
        completions: complete(list, text, caret, &names, &desk.lacks),
    })
}

/// Helps with a text of the search box, which may begin with the name of the list it is for: whose
/// operators they are, and where these begin.
///
/// # Errors
/// As [`help_with`].
pub async fn help_in_search(
    desk: &Desk,
    text: &str,
    caret: usize,
) -> Result<(List, usize, Help), DeskError> {
    let (list, begins) = List::addressed(text);
    let caret = caret.max(begins) - begins;
    let mut help = help_with(desk, list, &text[begins..], caret).await?;
    let problems = help.problems.iter_mut().map(|problem| &mut problem.place);
    let completions = help.completions.iter_mut().map(|each| &mut each.replace);
    for place in problems.chain(completions) {
        *place = place.start + begins..place.end + begins;
    }
    Ok((list, begins, help))
}

/// The filter with the operators in the text taken as filters, and what is left to look for as text.
///
/// # Errors
/// When something in the text is not understood or contradicts the rest of the filter, or the database
/// fails.
pub(in crate::usecases) async fn understood<F: Narrowed>(
    desk: &Desk,
    reading: &mut Reading,
    text: Option<&str>,
    mut filter: F,
) -> Result<(Option<String>, F), DeskError> {
    let query = parse(F::LIST, text.unwrap_or_default(), desk.now());
    // A text in quotes is looked for without them.
    if query.has_operators() {
        let by_cluster = |term: &Term| term.operator.takes == Takes::Cluster;
        let clusters = if query.terms.iter().any(by_cluster) {
            people::clusters_placed(reading).await?
        } else {
            Vec::new()
        };
        let problems = narrow(desk, reading, &mut filter, &query, &clusters).await?;
        if let Some(problem) = problems.into_iter().next() {
            return Err(DeskError::Invalid {
                field: "Filter",
                problem: problem.sentence.trim_end_matches('.').to_owned(),
            });
        }
    }
    Ok((query.text, filter))
}

/// As [`understood`], for what is not read in the same snapshot.
///
/// # Errors
/// As [`understood`].
pub(in crate::usecases) async fn understood_apart<F: Narrowed>(
    desk: &Desk,
    text: Option<&str>,
    filter: F,
) -> Result<(Option<String>, F), DeskError> {
    let mut reading = desk.store.read().await?;
    let understood = understood(desk, &mut reading, text, filter).await?;
    reading.end().await?;
    Ok(understood)
}

/// What of the query is wrong on that list.
async fn problems_of(
    desk: &Desk,
    list: List,
    reading: &mut Reading,
    query: &Query,
    clusters: &[ClusterPlaced],
) -> Result<Vec<Problem>, StoreError> {
    match list {
        List::Users => {
            let mut filter = UsersFilter::default();
            narrow(desk, reading, &mut filter, query, clusters).await
        }
        List::Invoices => {
            let mut filter = InvoicesFilter::default();
            narrow(desk, reading, &mut filter, query, clusters).await
        }
        List::Teams | List::Credits | List::Clusters | List::Accounts | List::Events => {
            Ok(plain_problems(desk, list, query))
        }
    }
}

/// The same where no name must be looked up.
fn plain_problems(desk: &Desk, list: List, query: &Query) -> Vec<Problem> {
    fn of<F: Narrowed>(desk: &Desk, query: &Query) -> Vec<Problem> {
        let mut filter = F::default();
        let mut problems = query.problems.clone();
        for term in query.terms.iter().filter(|term| !is_looked_up(term)) {
            take(&desk.lacks, &mut filter, term, &mut problems, |term| {
                Ok(Meant::Typed(&term.value))
            });
        }
        sorted(problems)
    }
    match list {
        List::Users => of::<UsersFilter>(desk, query),
        List::Teams => of::<TeamsFilter>(desk, query),
        List::Credits => of::<CreditsFilter>(desk, query),
        List::Invoices => of::<InvoicesFilter>(desk, query),
        List::Clusters => of::<ClustersFilter>(desk, query),
        List::Accounts => of::<AccountsFilter>(desk, query),
        List::Events => of::<EventsFilter>(desk, query),
    }
}

/// Puts the query's operators into the filter; what could not be.
async fn narrow<F: Narrowed>(
    desk: &Desk,
    reading: &mut Reading,
    filter: &mut F,
    query: &Query,
    clusters: &[ClusterPlaced],
) -> Result<Vec<Problem>, StoreError> {
    let mut problems = query.problems.clone();
    for term in &query.terms {
        let owners = match (&term.value, term.operator.takes) {
            (Value::Text(text), Takes::Account) => people::owners_called(reading, text).await?,
            _ => Vec::new(),
        };
        take(&desk.lacks, filter, term, &mut problems, |term| {
            match (&term.value, term.operator.takes) {
                (Value::Text(text), Takes::Account) => {
                    the_owner(text, owners).map(|owner| Meant::Account(owner.id))
                }
                (Value::Text(text), Takes::Cluster) => {
                    the_clusters(text, clusters).map(Meant::Clusters)
                }
                (value, _) => Ok(Meant::Typed(value)),
            }
        });
    }
    Ok(sorted(problems))
}

/// Puts one operator into the filter, or what is wrong with it among the problems.
fn take<F: Narrowed>(
    lacks: &Lacks,
    filter: &mut F,
    term: &Term,
    problems: &mut Vec<Problem>,
    meant: impl for<'t> FnOnce(&'t Term) -> Result<Meant<'t>, String>,
) {
    let outcome = on_record(lacks, term)
        .and_then(|()| meant(term))
        .and_then(|meant| filter.narrow(term, meant));
    if let Err(sentence) = outcome {
        let place = term.place.clone();
        problems.push(Problem { place, sentence });
    }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.place.start);
    problems
}

/// Whether the database has to be asked what is meant.
fn is_looked_up(term: &Term) -> bool {
    matches!(term.operator.takes, Takes::Cluster | Takes::Account)
}

/// Whether this database records what the operator, and the value chosen, tell.
fn on_record(lacks: &Lacks, term: &Term) -> Result<(), String> {
    let of_value = || match &term.value {
        Value::Words(words) => term
            .operator
            .values
            .iter()
            .filter(|choice| words.contains(&choice.word()))
            .find_map(|choice| lacks.any(choice.needs)),
        _ => None,
    };
    match lacks.any(term.operator.needs).or_else(of_value) {
        None => Ok(()),
        Some(sentence) => Err(format!(
            "{} cannot be told here. {sentence}",
            term.operator.name
        )),
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
fn both<T: Clone + PartialEq>(name: &str, chosen: &mut Vec<T>, wanted: &[T]) -> Result<(), String> {
    let left: Vec<T> = wanted
        .iter()
        .filter(|value| chosen.is_empty() || chosen.contains(value))
        .cloned()
        .collect();
    if left.is_empty() {
        return Err(contradiction(name));
    }
    *chosen = left;
    Ok(())
}

/// The values of these words.
fn meanings<T: Copy>(words: &[&str], all: &[T], word: impl Fn(T) -> &'static str) -> Vec<T> {
    all.iter()
        .copied()
        .filter(|each| words.contains(&word(*each)))
        .collect()
}

fn contradiction(name: &str) -> String {
    format!("{name} in the text contradicts the {name} chosen beside it; clear one of them.")
}

/// What no vocabulary offers, so nobody reads it.
fn foreign(term: &Term) -> Result<(), String> {
    Err(format!("{} does not filter this list.", term.operator.name))
}

/// The larger of two lower bounds.
fn from<T: Copy + PartialOrd>(slot: &mut Option<T>, value: Option<T>) {
    narrower(slot, value, |old, new| new > old);
}

/// The smaller of two upper bounds.
fn to<T: Copy + PartialOrd>(slot: &mut Option<T>, value: Option<T>) {
    narrower(slot, value, |old, new| new < old);
}

fn narrower<T: Copy>(slot: &mut Option<T>, value: Option<T>, tighter: impl Fn(T, T) -> bool) {
    if let Some(value) = value
        && slot.is_none_or(|old| tighter(old, value))
    {
        *slot = Some(value);
    }
}

/// The cluster of that id or name, or all whose name begins so, or holds it, or whose region does.
fn the_clusters(text: &str, clusters: &[ClusterPlaced]) -> Result<Vec<ClusterId>, String> {
    let wanted = text.to_lowercase();
    if let Some(one) = clusters.iter().find(|one| one.id.as_str() == text) {
        return Ok(vec![one.id.clone()]);
    }
    // Ids that are the same but for capitals are told apart by them, above.
    let fits: [fn(&ClusterPlaced, &str) -> bool; 6] = [
        |one, wanted| one.id.as_str().to_lowercase() == wanted,
        |one, wanted| one.name.to_lowercase() == wanted,
        |one, wanted| one.name.to_lowercase().starts_with(wanted),
        |one, wanted| one.name.to_lowercase().contains(wanted),
        |one, wanted| in_region(one, |region| region == wanted),
        |one, wanted| in_region(one, |region| region.starts_with(wanted)),
    ];
    for fits in fits {
        let found = clusters.iter().filter(|one| fits(one, &wanted));
        let found: Vec<ClusterId> = found.map(|one| one.id.clone()).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    if clusters.is_empty() {
        return Err("This database records no clusters.".to_owned());
    }
    let names = clusters.iter().map(|one| one.name.as_str());
    Err(format!(
        "No cluster is called {text}; there are {}.",
        list(names)
    ))
}

fn in_region(one: &ClusterPlaced, fits: impl Fn(&str) -> bool) -> bool {
    let region = one.region.as_ref();
    region.is_some_and(|region| fits(&region.to_lowercase()))
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
mod tests;
