//! The Management API, against the sandbox's stand-in for Auth0 over real sockets, with each of its faults.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration as Pause;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::sign_ins::TryOutcome;
use hopsdesk::identity::http::Patience;
use hopsdesk::identity::management::failure::ManagementError;
use hopsdesk::identity::management::{Credentials, Management};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::sandbox::auth0::customers::Customer;
use hopsdesk::sandbox::auth0::management::{Faults, MANAGEMENT_CLIENT_ID};
use hopsdesk::sandbox::auth0::{Serving, SimulatedAuth0};
use hopsdesk::secrets::Secret;
use time::Duration;

use crate::identity::sign_in::{Counted, Moved};
use crate::identity::tenant::NOW;

const ADA: &str = "auth0|66f1 c0/a9%2e?#";
const SECRET: &str = "sandbox-management-secret";

struct World {
    tenant: SimulatedAuth0,
    serving: Serving,
    clock: Arc<Moved>,
    management: Management,
}

fn ada() -> Customer {
    Customer {
        subject: ADA.to_owned(),
        email: "ada@firm.example".to_owned(),
        verified: false,
        name: "Ada Example".to_owned(),
        created_at: NOW - Duration::days(90),
        updated_at: NOW - Duration::days(90),
        last_login: Some(NOW - Duration::hours(2)),
        logins: 40,
        ip: "203.0.113.7".to_owned(),
        blocked: false,
        verifications: 0,
    }
}

fn with_secret(domain: &str, clock: &Arc<Moved>, secret: &str) -> Management {
    let credentials = Credentials {
        tenant: Tenant::parse(domain).expect("a tenant"),
        client_id: MANAGEMENT_CLIENT_ID.to_owned(),
        client_secret: Secret::new(secret.to_owned()),
    };
    let patience = Patience {
        connect: Pause::from_millis(500),
        whole: Pause::from_secs(2),
    };
    Management::new(credentials, clock.clone(), patience).expect("a client")
}

impl World {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(Moved::default());
        let random = Arc::new(Counted::default());
        let tenant = SimulatedAuth0::new(Vec::new(), clock.clone(), random).expect("keys");
        tenant.manage(Secret::new(SECRET.to_owned()), [ada()]);
        let serving = tenant.serve(0).await.expect("a port");
        Self {
            management: with_secret(&serving.domain(), &clock, SECRET),
            tenant,
            serving,
            clock,
        }
    }

    fn passes(&self, duration: Duration) {
        self.clock
            .0
            .fetch_add(duration.whole_seconds(), Ordering::SeqCst);
    }

    fn faults(&self, faults: Faults) {
        self.tenant.behave(|manners| manners.faults = faults);
    }

    fn calls(&self) -> usize {
        self.tenant.management_calls().len()
    }
}

fn id(text: &str) -> UserId {
    UserId::parse(text).expect("an id")
}

#[tokio::test]
async fn somebody_is_told_as_the_tenant_has_them_whatever_their_id_looks_like() {
    let world = World::new().await;
    let found = world
        .management
        .user(&id(ADA))
        .await
        .expect("an answer")
        .expect("Ada");
    assert_eq!(found.email.as_deref(), Some("ada@firm.example"));
    assert_eq!(
        (found.email_verified, found.blocked, found.logins),
        (Some(false), false, Some(40))
    );
    assert_eq!(found.last_login, Some(NOW - Duration::hours(2)));
    assert_eq!(
        found.identities[0].connection,
        "Username-Password-Authentication"
    );
    let calls = world.tenant.management_calls();
    assert_eq!(
        calls,
        ["GET /api/v2/users/auth0%7C66f1%20c0%2Fa9%252e%3F%23"],
        "encoded once, whole"
    );
}

#[tokio::test]
async fn the_last_tries_to_sign_in_come_with_their_places_newest_first() {
    let world = World::new().await;
    let tries = world
        .management
        .sign_ins(&id(ADA), 5)
        .await
        .expect("an answer");
    assert_eq!(tries.len(), 5);
    assert!(tries.is_sorted_by(|a, b| a.at >= b.at), "{tries:?}");
    assert_eq!(tries[0].at, NOW - Duration::hours(2));
    assert_eq!(tries[0].outcome, TryOutcome::SignedIn);
    assert!(
        tries
            .iter()
            .all(|each| each.city.is_some() && each.country.is_some())
    );
    assert_eq!(tries[0].ip.as_deref(), Some("203.0.113.7"));
}

#[tokio::test]
async fn who_is_nobody_there_is_nobody_and_not_a_failure() {
    let world = World::new().await;
    assert_eq!(
        world
            .management
            .user(&id("auth0|nobody"))
            .await
            .expect("an answer"),
        None
    );
    assert!(
        world
            .management
            .sign_ins(&id("auth0|nobody"), 5)
            .await
            .expect("an answer")
            .is_empty()
    );
    let refused = world
        .management
        .set_blocked(&id("auth0|nobody"), true)
        .await;
    assert!(
        matches!(refused, Err(ManagementError::UnknownUser)),
        "{refused:?}"
    );
    let refused = world
        .management
        .send_verification(&id("auth0|nobody"))
        .await;
    assert!(
        matches!(refused, Err(ManagementError::UnknownUser)),
        "{refused:?}"
    );
    let before = world.calls();
    for astray in ["..", ".", "0e6c1f8e-7a3c-4d64-9a63-1d9e3a3d3a11", "%2e%2e"] {
        assert_eq!(
            world.management.user(&id(astray)).await.expect("an answer"),
            None,
            "{astray}"
        );
        assert!(
            world
                .management
                .set_blocked(&id(astray), true)
                .await
                .is_err(),
            "{astray}"
        );
    }
    assert_eq!(
        world.calls(),
        before,
        "nothing was asked with what can be no id there"
    );
}

#[tokio::test]
async fn somebody_is_barred_let_in_again_and_asked_to_prove_their_address() {
    let world = World::new().await;
    let there = || world.tenant.customer(ADA).expect("Ada");
    world
        .management
        .set_blocked(&id(ADA), true)
        .await
        .expect("barred");
    assert!(there().blocked);
    let found = world
        .management
        .user(&id(ADA))
        .await
        .expect("an answer")
        .expect("Ada");
    assert!(found.blocked);
    world
        .management
        .set_blocked(&id(ADA), false)
        .await
        .expect("let in");
    assert!(!there().blocked);
    world
        .management
        .send_verification(&id(ADA))
        .await
        .expect("sent");
    assert_eq!(there().verifications, 1);
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end_and_shared_by_all_who_ask() {
    let world = World::new().await;
    let tokens = || world.tenant.management_tokens();
    let (one, other) = (world.management.clone(), world.management.clone());
    let (ada, same) = (id(ADA), id(ADA));
    let (first, second) = tokio::join!(one.user(&ada), other.user(&same));
    first.and(second).expect("answers");
    assert_eq!(tokens(), 1, "fetched once");
    world.passes(Duration::hours(23));
    world.management.user(&id(ADA)).await.expect("an answer");
    assert_eq!(tokens(), 1, "still good");
    world.passes(Duration::minutes(59) + Duration::seconds(30));
    world.management.user(&id(ADA)).await.expect("an answer");
    assert_eq!(tokens(), 2, "renewed before its end");
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_replaced_once_without_anybody_noticing() {
    let world = World::new().await;
    world.management.check().await.expect("a token");
    world.tenant.forget_management_tokens();
    world.management.user(&id(ADA)).await.expect("an answer");
    assert_eq!(world.tenant.management_tokens(), 1);
    // A tenant that takes none is not asked for ever.
    world.faults(Faults {
        forgets_tokens: true,
        ..Faults::default()
    });
    world
        .management
        .user(&id(ADA))
        .await
        .expect("this token was good once");
    world
        .tenant
        .behave(|manners| manners.faults.refuses_tokens = true);
    let refused = world.management.user(&id(ADA)).await;
    assert!(
        matches!(refused, Err(ManagementError::Credentials)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_tenant_that_was_asked_enough_is_left_alone_until_it_says() {
    let world = World::new().await;
    world.management.user(&id(ADA)).await.expect("an answer");
    world.faults(Faults {
        limited_for: Some(40),
        ..Faults::default()
    });
    let refused = world.management.user(&id(ADA)).await.expect_err("limited");
    let ManagementError::RateLimited { until } = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(*until, NOW + Duration::seconds(40));
    assert!(refused.to_string().contains("12:00:40 UTC"), "{refused}");
    assert!(refused.is_transient());
    let before = world.calls();
    world.faults(Faults::default());
    world.passes(Duration::seconds(39));
    assert!(
        world.management.user(&id(ADA)).await.is_err(),
        "not asked yet"
    );
    assert!(
        world.management.set_blocked(&id(ADA), true).await.is_err(),
        "whatever it is"
    );
    assert_eq!(world.calls(), before, "nothing is sent meanwhile");
    world.passes(Duration::seconds(1));
    world
        .management
        .user(&id(ADA))
        .await
        .expect("an answer again");
}

#[tokio::test]
async fn the_last_question_that_is_allowed_is_the_last_until_the_limit_is_over() {
    let world = World::new().await;
    world.tenant.behave(|manners| manners.per_second = 2);
    world.management.user(&id(ADA)).await.expect("an answer");
    world.management.user(&id(ADA)).await.expect("the last one");
    let refused = world.management.user(&id(ADA)).await;
    assert!(
        matches!(refused, Err(ManagementError::RateLimited { .. })),
        "{refused:?}"
    );
    assert_eq!(world.calls(), 2, "the third was not sent");
    world.passes(Duration::seconds(1));
    world
        .management
        .user(&id(ADA))
        .await
        .expect("an answer again");
}

#[tokio::test]
async fn wrong_credentials_a_missing_permission_and_a_tenant_that_is_down_are_told_apart() {
    let world = World::new().await;
    let wrong = with_secret(&world.serving.domain(), &world.clock, "wrong-secret-canary");
    let refused = wrong.check().await.expect_err("refused");
    assert!(
        matches!(refused, ManagementError::Credentials),
        "{refused:?}"
    );
    for said in [
        format!("{refused}"),
        format!("{refused:?}"),
        format!("{wrong:?}"),
    ] {
        assert!(!said.contains("canary"), "{said}");
    }
    world.faults(Faults {
        without_logs: true,
        ..Faults::default()
    });
    let refused = world
        .management
        .sign_ins(&id(ADA), 5)
        .await
        .expect_err("no permission");
    assert!(
        refused.is_setting() && refused.to_string().contains("read:logs_users"),
        "{refused}"
    );
    world
        .management
        .user(&id(ADA))
        .await
        .expect("who they are is still told");

    world.faults(Faults {
        down: true,
        ..Faults::default()
    });
    let refused = world.management.user(&id(ADA)).await.expect_err("down");
    assert!(
        matches!(refused, ManagementError::Away(_)) && refused.is_transient(),
        "{refused:?}"
    );
    let World {
        serving,
        management,
        ..
    } = world;
    drop(serving);
    // The port is closed when the task has ended, which is a moment later.
    let refused = management.user(&id(ADA)).await.expect_err("away");
    assert!(matches!(refused, ManagementError::Away(_)), "{refused:?}");
}

/// Somebody who answers everything alike, where a tenant should be.
async fn answering(
    status: u16,
    kind: &'static str,
    body: String,
) -> (String, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let domain = format!("http://{}", listener.local_addr().expect("an address"));
    let status = StatusCode::from_u16(status).expect("a status");
    let router = Router::new().fallback(move || {
        let body = body.clone();
        async move {
            (
                status,
                [("content-type", kind), ("location", "http://127.0.0.1:1/")],
                body,
            )
                .into_response()
        }
    });
    let task = tokio::spawn(async move {
        axum::serve(listener, router).await.expect("served");
    });
    (domain, task)
}

#[tokio::test]
async fn what_is_no_tenant_is_told_so_and_nothing_of_it_is_repeated() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = Arc::new(Moved::default());
    for (status, body) in [
        (200, "<html>canary</html>".to_owned()),
        (
            200,
            "{\"access_token\": \"\", \"token_type\": \"Bearer\"}".to_owned(),
        ),
        (
            200,
            "{\"access_token\": \"canary\", \"token_type\": \"mac\"}".to_owned(),
        ),
        (200, "[".repeat(100_000)),
        (200, "x".repeat(1 << 20)),
        (302, "canary".to_owned()),
        (403, "canary".to_owned()),
        (404, String::new()),
    ] {
        let (domain, task) = answering(status, "application/json", body.clone()).await;
        let management = with_secret(&domain, &clock, SECRET);
        let refused = management.user(&id(ADA)).await.expect_err("no tenant");
        let said = format!("{refused} {refused:?}");
        assert!(
            matches!(refused, ManagementError::Unexpected { .. }),
            "{status} {said}"
        );
        assert!(!said.contains("canary") && !said.contains(SECRET), "{said}");
        task.abort();
    }
    // One that gives a token for everything, and answers every question with the same.
    let token = "{\"access_token\": \"canary\", \"token_type\": \"Bearer\", \"expires_in\": 5, \"user_id\": \"auth0|eve\"}";
    let (domain, task) = answering(200, "application/json", token.to_owned()).await;
    let management = with_secret(&domain, &clock, SECRET);
    let refused = management.user(&id(ADA)).await.expect_err("somebody else");
    assert!(
        matches!(refused, ManagementError::Unexpected { .. }),
        "{refused:?}"
    );
    assert!(management.sign_ins(&id(ADA), 5).await.is_err(), "no list");
    task.abort();
}
