//! Finding: what the search box turns up, by a fragment or by a pasted id.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::finding::pasted::Pasted;
use crate::domain::finding::{Finding, Found, FoundCluster, FoundInvoice, FoundProject, FoundTeam};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::invoices::{InvoiceStanding, Origin};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people::{beginning_pattern, escaped, not_blank, person};

const SEARCH: Statement = statement!("search.sql");
const FIND_NAMED: Statement = statement!("find_named.sql");

/// How many hits of each kind are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Users.
    pub users: u16,
    /// Teams, clusters, projects, invoices: of each.
    pub others: u16,
}

/// Finds whatever is called somewhat like the text, users first, in the order in which to show it.
///
/// # Errors
/// Whatever the database says.
pub async fn search(
    reading: &mut Reading,
    text: &str,
    limits: Limits,
    now: OffsetDateTime,
) -> Result<Vec<Found>, StoreError> {
    let fragment = has_trigram(text).then(|| words_pattern(text));
    // Every number of an invoice has a digit in it; most of what people type has none.
    let numbered = fragment
        .clone()
        .filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()));
    let company = fragment.clone().filter(|_| !text.contains('@'));
    // Names of projects and namespaces have no other signs; most addresses have a full stop.
    let project = company.clone().filter(|_| {
        text.chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | ' '))
    });
    let records: Vec<FoundRecord> = reading
        .all(
            SEARCH
                .rows()
                .bind(fragment)
                .bind(beginning_pattern(text).to_lowercase())
                .bind(text.to_lowercase())
                .bind(text.to_owned())
                .bind(i64::from(limits.users))
                .bind(i64::from(limits.others))
                .bind(numbered)
                .bind(company)
                .bind(project)
                .bind(now),
        )
        .await?;
    records.into_iter().map(FoundRecord::into_found).collect()
}

/// Finds what the ids name; nothing when there is no such record in this database.
///
/// # Errors
/// Whatever the database says.
pub async fn named(
    reading: &mut Reading,
    ids: &[Pasted],
    now: OffsetDateTime,
) -> Result<Vec<Found>, StoreError> {
    let first = |kind: fn(&Pasted) -> Option<String>| ids.iter().find_map(kind);
    let number = ids.iter().find_map(|id| match id {
        Pasted::Number(number) => Some(*number),
        _ => None,
    });
    let records: Vec<FoundRecord> = reading
        .all(
            FIND_NAMED
                .rows()
                .bind(first(|id| match id {
                    Pasted::User(id) => Some(id.as_str().to_owned()),
                    _ => None,
                }))
                .bind(first(|id| match id {
                    Pasted::Email(text) => Some(text.clone()),
                    _ => None,
                }))
                .bind(first(|id| match id {
                    Pasted::StripeCustomer(text) => Some(text.clone()),
                    _ => None,
                }))
                .bind(first(|id| match id {
                    Pasted::StripeSubscription(text) => Some(text.clone()),
                    _ => None,
                }))
                .bind(first(|id| match id {
                    Pasted::StripeInvoice(text) => Some(text.clone()),
                    _ => None,
                }))
                .bind(first(|id| match id {
                    Pasted::StripePayment(text) => Some(text.clone()),
                    _ => None,
                }))
                .bind(first(|id| match id {
                    Pasted::Uuid(text) => Some(text.clone()),
                    _ => None,
                }))
                .bind(number)
                .bind(now),
        )
        .await?;
    let mut found: Vec<Found> = Vec::with_capacity(records.len());
    for record in records {
        let one = record.into_found()?;
        // The same record under two of its ids is one.
        if found.iter().all(|other| other.finding != one.finding) {
            found.push(one);
        }
    }
    Ok(found)
}

/// Three letters or digits in a row are the least that a trigram index can look for; less than that would
/// read everything, so it is taken as a beginning only.
fn has_trigram(text: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric())
        .any(|run| run.chars().count() >= 3)
}

/// `olu ade` finds `Olumide Adeyemi`: the words in their order, with anything between them. Short words
/// have to stand side by side, or no index would help.
fn words_pattern(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(escaped).collect();
    let long = text.split_whitespace().all(has_trigram);
    format!("%{}%", words.join(if long { "%" } else { " " }))
}

#[derive(Debug, FromRow)]
struct FoundRecord {
    kind: String,
    id: String,
    origin: Option<String>,
    title: Option<String>,
    state: Option<String>,
    namespace: Option<String>,
    user_id: Option<String>,
    by: Option<String>,
    exact: Option<bool>,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    company: Option<String>,
    members: Option<i64>,
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    region: Option<String>,
    cluster_status: Option<String>,
}

impl FoundRecord {
    fn into_found(self) -> Result<Found, StoreError> {
        let name = not_blank(self.name);
        let whose = name.clone().or_else(|| self.email.clone());
        let finding = match self.kind.as_str() {
            "user" => Finding::User(person(&self.id, name, self.email, self.status.as_deref())),
            "team" => Finding::Team(FoundTeam {
                owner: person(&self.id, name, self.email, self.status.as_deref()),
                company: not_blank(self.company),
                members: u32::try_from(self.members.unwrap_or(0)).unwrap_or(u32::MAX),
            }),
            "cluster" => Finding::Cluster(FoundCluster {
                id: ClusterId::recorded(&self.id),
                name: self.cluster_name.unwrap_or_else(|| self.id.clone()),
                region: self.region,
                status: self.cluster_status,
            }),
            "project" => Finding::Project(FoundProject {
                name: self
                    .title
                    .or_else(|| self.namespace.clone())
                    .unwrap_or_default(),
                namespace: self.namespace,
                user_id: UserId::recorded(self.user_id.as_deref().unwrap_or(&self.id)),
                user: whose,
                cluster: self.cluster_name.or(self.cluster_id),
            }),
            "invoice" => Finding::Invoice(FoundInvoice {
                standing: match self.origin.as_deref().and_then(Origin::read) {
                    Some(Origin::Subscriptions) => Some(InvoiceStanding::Subscription),
                    _ => self.state.as_deref().map(InvoiceStanding::read),
                },
                origin: self.origin.unwrap_or_default(),
                id: self.id,
                number: self.title,
                status: self.state,
                user_id: self.user_id.as_deref().map(UserId::recorded),
                user: whose,
            }),
            other => {
                return Err(StoreError::Impossible(format!(
                    "a find of the kind {other}"
                )));
            }
        };
        Ok(Found {
            finding,
            exact: self.exact.unwrap_or(false),
            by: self.by,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_have_anything_between_them() {
        assert_eq!(words_pattern("olu  ade"), "%olu%ade%");
        assert_eq!(words_pattern("van  de"), "%van de%");
        assert!(has_trigram("a-b-cde") && !has_trigram("@ab.cd"));
        assert_eq!(words_pattern("500%_ abc"), r"%500\%\_%abc%");
    }
}
