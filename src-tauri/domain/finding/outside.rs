//! Where the same customer is shown in Auth0, Stripe and Hopsworks. Addresses are https and made of parts
//! that were checked; where a setting is missing or odd there is none.

use url::Url;

use crate::domain::finding::pasted::{Pasted, base64_encoded, recognise};
use crate::domain::finding::percent;

/// The user in Auth0's dashboard. `domain` is the tenant's own (`acme.eu.auth0.com`): a custom domain does
/// not tell the tenant's name.
#[must_use]
pub fn auth0_user(domain: &str, id: &str) -> Option<String> {
    let tenant = domain.trim().to_ascii_lowercase();
    let tenant = tenant.strip_suffix(".auth0.com")?;
    let (name, region) = match tenant.split_once('.') {
        None => (tenant, "us"),
        Some((name, region)) if !region.contains('.') => (name, region),
        Some(_) => return None,
    };
    let plain = |part: &str| {
        (1..=63).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    // The dashboard takes the id percent-encoded, and that in base64.
    let user = base64_encoded(percent::encoded(id).as_bytes());
    (plain(name) && plain(region) && !id.is_empty()).then(|| {
        format!(
            "https://manage.auth0.com/dashboard/{region}/{name}/users/{}",
            percent::encoded(&user)
        )
    })
}

/// A record in Stripe's dashboard.
#[must_use]
pub fn stripe(id: &str, test_mode: bool) -> Option<String> {
    let folder = match recognise(id).as_slice() {
        [Pasted::StripeCustomer(_)] => "customers",
        [Pasted::StripeSubscription(_)] => "subscriptions",
        [Pasted::StripeInvoice(_)] => "invoices",
        [Pasted::StripePayment(_)] => "payments",
        _ => return None,
    };
    let mode = if test_mode { "test/" } else { "" };
    Some(format!(
        "https://dashboard.stripe.com/{mode}{folder}/{}",
        percent::encoded(id.trim())
    ))
}

/// The cluster's own user interface. `api_url` as recorded; only its host and port are used.
#[must_use]
pub fn hopsworks(api_url: &str) -> Option<String> {
    let url = Url::parse(api_url.trim()).ok()?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|host| plain && !host.is_empty())?;
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    Some(format!("https://{host}{port}/"))
}

/// An address that may be handed to the OS: https with a host and no credentials in it.
#[must_use]
pub fn openable(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.scheme() == "https"
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none();
    plain.then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_system_shows_the_same_customer() {
        assert_eq!(
            auth0_user("acme.eu.auth0.com", "auth0|66f1c0a9e2").as_deref(),
            Some("https://manage.auth0.com/dashboard/eu/acme/users/YXV0aDAlN0M2NmYxYzBhOWUy")
        );
        assert_eq!(
            auth0_user(" Acme.auth0.com", "auth0|1").as_deref(),
            Some("https://manage.auth0.com/dashboard/us/acme/users/YXV0aDAlN0Mx")
        );
        assert_eq!(
            stripe("cus_NffrFeUfNV2Hib", true).as_deref(),
            Some("https://dashboard.stripe.com/test/customers/cus_NffrFeUfNV2Hib")
        );
        assert_eq!(
            stripe("in_1MtHbELkdIwHu7ix", false).as_deref(),
            Some("https://dashboard.stripe.com/invoices/in_1MtHbELkdIwHu7ix")
        );
        assert_eq!(
            hopsworks("https://eu.hops.example:8182/hopsworks-api").as_deref(),
            Some("https://eu.hops.example:8182/")
        );
    }

    #[test]
    fn what_is_odd_has_no_address() {
        for domain in [
            "",
            "login.acme.example",
            "a.b.c.auth0.com",
            "ac me.auth0.com",
            "acme/../x.auth0.com",
        ] {
            assert_eq!(auth0_user(domain, "auth0|1"), None, "{domain}");
        }
        for id in ["", "cus_", "auth0|1", "cus_../../x", "price_12345678"] {
            assert_eq!(stripe(id, false), None, "{id}");
        }
        for url in [
            "http://eu.example",
            "https://me:pw@eu.example",
            "javascript:alert(1)",
            "eu.example",
        ] {
            assert_eq!(hopsworks(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_recorded_an_address_stays_with_its_system(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            if let Some(address) = auth0_user(&one, &other) {
                prop_assert!(address.starts_with("https://manage.auth0.com/dashboard/"));
            }
            if let Some(address) = auth0_user("acme.eu.auth0.com", &other) {
                prop_assert!(Url::parse(&address).expect("an address").host_str() == Some("manage.auth0.com"));
            }
            if let Some(address) = stripe(&one, false) {
                prop_assert!(Url::parse(&address).expect("an address").host_str() == Some("dashboard.stripe.com"));
            }
            if let Some(address) = hopsworks(&format!("https://{one}")) {
                prop_assert!(Url::parse(&address).expect("an address").scheme() == "https");
            }
        }

        #[test]
        fn an_address_we_make_is_one_we_recognise(id in "auth0\\|[a-z0-9]{1,24}") {
            let address = auth0_user("acme.eu.auth0.com", &id).expect("an address");
            let ids = recognise(&address);
            prop_assert_eq!(ids, recognise(&id));
        }
    }
}
