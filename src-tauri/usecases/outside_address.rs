//! Where something is shown outside this window: the address is made here, from what is on record, and never
//! taken from the window.

use crate::domain::finding::outside;
use crate::domain::fiscal::FiscalZone;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::invoices::Origin;
use crate::store::{clusters, invoice_page, user_page};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::show_user::missing;

/// What can be opened outside: this list is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutsideTarget {
    /// The user in Auth0's dashboard.
    Auth0User(UserId),
    /// The user's customer in Stripe's dashboard.
    StripeCustomer(UserId),
    /// One of Stripe's records by its id.
    StripeRecord(String),
    /// The user's instance, where it is on record.
    Instance(UserId),
    /// The user interface of a cluster.
    Hopsworks(ClusterId),
    /// An invoice's hosted page, as recorded.
    HostedInvoice(Origin, String),
    /// The project in Supabase's dashboard.
    Supabase,
}

/// What addresses need besides the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutsideSettings {
    /// The Auth0 tenant's own domain; `None` while nobody set it.
    pub auth0_domain: Option<String>,
    /// Whether Stripe's ids are of its live mode.
    pub live: bool,
    /// The project's page in Supabase's dashboard; `None` while nobody named the project.
    pub supabase: Option<String>,
}

/// The address, fit to be handed to the system.
///
/// # Errors
/// When a setting is missing, what is on record makes no address, or the database fails.
pub async fn outside_address(
    desk: &Desk,
    target: &OutsideTarget,
    settings: &OutsideSettings,
) -> Result<String, DeskError> {
    let stripe = |id: &str| {
        outside::stripe(id, !settings.live)
            .ok_or_else(|| odd("Stripe", &format!("`{id}` is not one of Stripe's ids")))
    };
    match target {
        OutsideTarget::Auth0User(id) => {
            let domain = settings.auth0_domain.as_deref().ok_or_else(|| {
                odd(
                    "Auth0",
                    "this workspace has no Auth0 domain yet; give it under Settings, Outside links",
                )
            })?;
            outside::auth0_user(domain, id.as_str()).ok_or_else(|| odd("Auth0", ODD_DOMAIN))
        }
        OutsideTarget::Supabase => settings.supabase.clone().ok_or_else(|| {
            odd(
                "Supabase",
                "this workspace names no project yet; give its URL in Settings",
            )
        }),
        OutsideTarget::StripeRecord(id) => stripe(id),
        OutsideTarget::StripeCustomer(id) => {
            let detail = user(desk, id).await?;
            // In test mode a customer has an id of its own, where the service keeps both.
            let of_mode = detail.stripe_test_customer_id.filter(|_| !settings.live);
            let customer = of_mode
                .or(detail.stripe_customer_id)
                .ok_or_else(|| odd("Stripe", "no Stripe customer is recorded for this account"))?;
            stripe(&customer)
        }
        OutsideTarget::Instance(id) => {
            let instance = user(desk, id).await?.instance;
            instance
                .and_then(|instance| instance.url)
                .as_deref()
                .and_then(outside::openable)
                .ok_or_else(|| odd("Instance", NO_HTTPS))
        }
        OutsideTarget::Hopsworks(id) => {
            let mut reading = desk.store.read().await?;
            let detail = clusters::detail(&mut reading, id, desk.now()).await?;
            reading.end().await?;
            detail
                .and_then(|detail| detail.api_url)
                .as_deref()
                .and_then(outside::hopsworks)
                .ok_or_else(|| odd("Hopsworks", NO_HTTPS))
        }
        OutsideTarget::HostedInvoice(origin, id) => {
            let mut reading = desk.store.read().await?;
            let detail =
                invoice_page::detail(&mut reading, *origin, id, &FiscalZone::utc(), desk.now())
                    .await?;
            reading.end().await?;
            detail
                .and_then(|detail| detail.row.hosted_url)
                .as_deref()
                .and_then(outside::openable)
                .ok_or_else(|| odd("Invoice", NO_HTTPS))
        }
    }
}

/// Takes a domain only if it makes an address.
///
/// # Errors
/// When it is none of Auth0's own domains.
pub fn checked_auth0_domain(domain: &str) -> Result<Option<String>, DeskError> {
    let domain = domain.trim().to_ascii_lowercase();
    if domain.is_empty() {
        return Ok(None);
    }
    outside::auth0_user(&domain, "auth0|0").ok_or_else(|| odd("Auth0 domain", ODD_DOMAIN))?;
    Ok(Some(domain))
}

const ODD_DOMAIN: &str = "must be the tenant's own domain, such as acme.eu.auth0.com; a custom domain does \
     not tell the tenant";

const NO_HTTPS: &str = "no https address is on record that could be opened";

async fn user(desk: &Desk, id: &UserId) -> Result<crate::domain::directory::UserDetail, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = user_page::detail(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    detail.ok_or_else(|| missing(id))
}

fn odd(field: &'static str, problem: &str) -> DeskError {
    DeskError::Invalid {
        field,
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_kept_only_where_it_leads_somewhere() {
        let kept = |domain| checked_auth0_domain(domain).map_err(|error| error.to_string());
        assert_eq!(
            kept(" Acme.EU.auth0.com "),
            Ok(Some("acme.eu.auth0.com".to_owned()))
        );
        assert_eq!(kept("  "), Ok(None), "emptied is unset");
        for odd in [
            "login.acme.example",
            "https://acme.eu.auth0.com",
            "acme/../x.auth0.com",
        ] {
            assert!(kept(odd).is_err(), "{odd}");
        }
    }
}
