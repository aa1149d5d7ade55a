//! Alerts outside: told once however many programs there are, signed or mailed over TLS, tried again while nobody answers,
//! taken back when it is over; and never with more in them than they must say.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use hopsdesk::domain::alerts::{Channel, Watched};
use hopsdesk::domain::clock::{Clock, FixedClock};
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::receiver::limits::Limits;
use hopsdesk::store::alerts;
use hopsdesk::store::door::Store;
use hopsdesk::usecases::tell_alerts::{Outside, Teller, ToldRound, tell_alerts};
use hopsdesk::usecases::watch_alerts::watch_alerts;
use ring::hmac;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::mailroom::{Hook, MailServer, Post, SECRET, Speaks};
use super::running::{RealClock, Running};
use crate::support::database::{Kind, TestDatabase};

/// Events that wait for a person, of a customer whose address is nobody's business outside.
const DEAD: &str = "insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state, subject, last_error)
    select 'stripe', 'evt_' || n, now(), now(), convert_to('{\"email\": \"jane@secret.example\"}', 'UTF8'), 'dead', 'cus_secret', 'it fails'
    from generate_series(1, 2) as n";

const MENDED: &str =
    "update console.inbox set state = 'done', done_at = now() where state = 'dead'";

struct World {
    database: TestDatabase,
    store: Store,
    now: OffsetDateTime,
}

impl World {
    async fn new() -> Self {
        let database = TestDatabase::new(Kind::Managed).await;
        Self {
            store: database.store(),
            database,
            now: RealClock.now(),
        }
    }

    fn at(&self, seconds: i64) -> FixedClock {
        FixedClock(self.now + time::Duration::seconds(seconds))
    }

    /// Looks what is wrong, so many seconds from now.
    async fn look(&self, seconds: i64, outside: &Outside) {
        let looked = watch_alerts(
            &self.store,
            &self.at(seconds),
            &outside.ways(),
            &Watched::ALL,
        )
        .await;
        looked.expect("looked").expect("it was due");
    }

    async fn tell(&self, seconds: i64, outside: &Outside) -> ToldRound {
        let clock = self.at(seconds);
        let teller = Teller {
            store: &self.store,
            outside,
            service: "the-service",
            clock: &clock,
            random: &FixedRandom(0),
        };
        tell_alerts(&teller).await.expect("told")
    }
}

/// As a receiver verifies it, by the published rule and none of our code.
fn verified(post: &Post) -> Value {
    let key = STANDARD
        .decode(SECRET.trim_start_matches("whsec_"))
        .expect("base64");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signed = format!("{}.{}.{}", post.id, post.timestamp, post.body);
    let given = post.signature.strip_prefix("v1,").expect("a version");
    let given = STANDARD.decode(given).expect("base64");
    hmac::verify(&key, signed.as_bytes(), &given).expect("its signature is right");
    serde_json::from_str(&post.body).expect("JSON")
}

async fn until(what: &str, there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "waited for {what}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until somebody looked once more, whatever the pause.
async fn looked_again(database: &TestDatabase) {
    let before = database
        .psql("update console.alert_rounds set due_at = '-infinity' returning evaluated_at");
    until("another look", || {
        database.psql("select evaluated_at from console.alert_rounds") != before
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_told_once_and_that_it_is_over_though_two_programs_serve() {
    let database = TestDatabase::new(Kind::Managed).await;
    let hook = Hook::start().await;
    let limits = Limits {
        alerts: Duration::from_millis(50),
        ..Limits::default()
    };
    let outside = || Outside {
        webhook: Some(hook.way()),
        mailer: None,
    };
    let programs = [
        Running::telling(database.store(), limits, None, outside()).await,
        Running::telling(database.store(), limits, None, outside()).await,
    ];
    database.psql(DEAD);
    until("an alert", || !hook.posts().is_empty()).await;
    database.psql(MENDED);
    until("its end", || hook.posts().len() >= 2).await;
    // They go on looking, and nothing is left to tell.
    for _ in 0..4 {
        looked_again(&database).await;
    }
    let left = "select count(*) from console.alert_deliveries where state <> 'done'";
    assert_eq!(database.psql(left), "0");
    let posts = hook.posts();
    let said: Vec<Value> = posts.iter().map(verified).collect();
    let types: Vec<&str> = said.iter().filter_map(|one| one["type"].as_str()).collect();
    assert_eq!(types, ["alert.opened", "alert.resolved"]);
    assert_ne!(posts[0].id, posts[1].id);
    let data = &said[0]["data"];
    assert_eq!(
        data["sentence"],
        "2 events from Stripe were given up: not applied, and not tried again"
    );
    assert_eq!(
        data["link"],
        "hopsdesk://events?way=in&state=dead&system=stripe"
    );
    assert_eq!(data["service"], "the-service");
    for post in &posts {
        for secret in ["jane", "cus_secret", "evt_1", "it fails"] {
            assert!(!post.body.contains(secret), "{secret} in {}", post.body);
        }
    }
    for program in programs {
        program.stop().await;
    }
}

#[tokio::test]
async fn many_programs_at_once_tell_each_alert_once() {
    let world = World::new().await;
    let hook = Hook::start().await;
    let outside = Outside {
        webhook: Some(hook.way()),
        mailer: None,
    };
    world.look(0, &outside).await;
    world.database.psql(
        "insert into console.alerts (kind, subject, severity, since, opened_at, held_at)
         select 'schedule_stopped', 'trail:' || n, 'bad', now(), now(), now() from generate_series(1, 40) as n;
         insert into console.alert_deliveries (alert_id, tells, channel, next_attempt_at, created_at)
         select id, 'opened', 'webhook', '-infinity', now() from console.alerts",
    );
    let world = Arc::new(world);
    let outside = Arc::new(outside);
    let programs = (0..8).map(|_| {
        let (world, outside) = (Arc::clone(&world), Arc::clone(&outside));
        tokio::spawn(async move { while world.tell(5, &outside).await.messages() > 0 {} })
    });
    for done in join_all(programs).await {
        done.expect("no panic");
    }
    let mut ids: Vec<String> = hook.posts().into_iter().map(|post| post.id).collect();
    assert_eq!(ids.len(), 40);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40, "each its own");
    let left = world
        .database
        .psql("select string_agg(distinct state, ',') from console.alert_deliveries");
    assert_eq!(left, "done");
}

#[tokio::test]
async fn whoever_does_not_answer_is_told_later_and_what_went_wrong_is_kept_without_the_address() {
    let world = World::new().await;
    let hook = Hook::start().await;
    let outside = Outside {
        webhook: Some(hook.way()),
        mailer: None,
    };
    world.database.psql(DEAD);
    world.look(0, &outside).await;
    hook.status.store(503, Ordering::SeqCst);
    for (seconds, put_off) in [(0, 1), (1, 0), (3, 1), (9, 1)] {
        let round = world.tell(seconds, &outside).await;
        assert_eq!(
            (round.told, round.put_off),
            (0, put_off),
            "after {seconds} s"
        );
    }
    let kept = world
        .database
        .psql("select attempts || ' ' || last_error from console.alert_deliveries");
    assert_eq!(kept, "3 The webhook answers with status 503.");
    world.look(10, &outside).await;
    let failing = world.database.psql(
        "select subject || ' ' || (select count(*) from console.alert_deliveries as d where d.alert_id = a.id)
         from console.alerts as a where kind = 'delivery_failing'",
    );
    assert_eq!(
        failing, "webhook 0",
        "that is an alert, which it is not told itself"
    );

    hook.status.store(200, Ordering::SeqCst);
    assert_eq!(world.tell(40, &outside).await.told, 1);
    let posts = hook.posts();
    assert!(
        posts.iter().all(|post| post.id == posts[0].id),
        "the same id each time: {posts:?}"
    );
    world.database.psql(MENDED);
    world.look(60, &outside).await;
    assert_eq!(world.tell(60, &outside).await.told, 1);
    let open = world
        .database
        .psql("select count(*) from console.alerts where resolved_at is null");
    assert_eq!(open, "0", "with the channel mended, its alert goes, too");

    // Nobody there at all; and after a day it is given up.
    drop(hook);
    world.database.psql(
        "insert into console.alerts (kind, subject, severity, since, opened_at, held_at) values ('trail_broken', 'staff', 'bad', now(), now(), now());
         insert into console.alert_deliveries (alert_id, tells, channel, next_attempt_at, created_at, attempts)
         select max(id), 'opened', 'webhook', now(), now(), 35 from console.alerts",
    );
    let nowhere = Outside {
        webhook: Some(nobody()),
        mailer: None,
    };
    assert_eq!(world.tell(70, &nowhere).await.given_up, 1);
    let kept = world.database.psql(
        "select state || ' ' || last_error from console.alert_deliveries order by id desc limit 1",
    );
    assert_eq!(kept, "dead The webhook refuses connections.");
}

fn nobody() -> hopsdesk::messages::webhook::Webhook {
    let secret = |text: &str| hopsdesk::secrets::Secret::new(text.to_owned());
    hopsdesk::messages::webhook::Webhook::new(
        &secret("http://127.0.0.1:9/t0ken"),
        &secret(SECRET),
        None,
    )
    .expect("a way")
}

#[tokio::test]
async fn mail_goes_over_tls_in_both_of_its_ways_and_its_end_answers_it() {
    for speaks in [Speaks::Tls, Speaks::StartTls] {
        let world = World::new().await;
        let server = MailServer::start(speaks).await;
        let outside = Outside {
            webhook: None,
            mailer: Some(server.way(true)),
        };
        world.database.psql(DEAD);
        world.look(0, &outside).await;
        let round = world.tell(0, &outside).await;
        let kept = || {
            world
                .database
                .psql("select string_agg(last_error, ' ') from console.alert_deliveries")
        };
        assert_eq!(round.told, 2, "{speaks:?}: {}\n{}", kept(), server.said());
        world.database.psql(MENDED);
        world.look(10, &outside).await;
        assert_eq!(world.tell(10, &outside).await.told, 2);

        let mails = server.mails();
        let head = |mail: &str, name: &str| {
            let line = mail
                .lines()
                .find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
            line.unwrap_or_default()
        };
        assert_eq!(mails.len(), 4, "{mails:?}");
        let to = |person: &str| -> Vec<&String> {
            let theirs = mails
                .iter()
                .filter(|mail| head(mail, "To").contains(person));
            theirs.collect()
        };
        assert_eq!(to("duty@service.example").len(), 2, "each by itself");
        let mails = to("ops@service.example");
        assert_eq!(mails.len(), 2);
        assert!(
            head(mails[0], "Subject").starts_with("[Hopsdesk] 2 events from Stripe"),
            "{}",
            mails[0]
        );
        assert!(
            mails[0].contains("hopsdesk://events?way=3D")
                || mails[0].contains("hopsdesk://events?way="),
            "{}",
            mails[0]
        );
        assert_eq!(head(mails[1], "In-Reply-To"), head(mails[0], "Message-ID"));
        assert!(mails.iter().all(|mail| !mail.contains("jane")));
        if speaks == Speaks::StartTls {
            let said = server.said();
            let (before, _) = said.split_once("STARTTLS").expect("it asked for TLS");
            assert!(
                !before.contains("AUTH") && !before.contains("MAIL"),
                "nothing before TLS: {before}"
            );
        }
    }
}

#[tokio::test]
async fn a_mail_server_without_tls_or_with_a_strange_certificate_is_told_nothing() {
    let (plain, strange) = (
        "The mail server offers no TLS, and is told nothing without.",
        "The mail server shows a certificate that is not trusted.",
    );
    for (speaks, believed, why) in [
        (Speaks::Plain, true, plain),
        (Speaks::Tls, false, strange),
        (Speaks::StartTls, false, strange),
    ] {
        let world = World::new().await;
        let server = MailServer::start(speaks).await;
        let outside = Outside {
            webhook: None,
            mailer: Some(server.way(believed)),
        };
        world.database.psql(DEAD);
        world.look(0, &outside).await;
        assert_eq!(world.tell(0, &outside).await.put_off, 2, "{speaks:?}");
        let kept = world
            .database
            .psql("select distinct last_error from console.alert_deliveries");
        assert_eq!(kept, why, "{speaks:?}");
        assert!(server.mails().is_empty());
        let said = server.said();
        assert!(
            !said.contains("AUTH") && !said.contains("MAIL"),
            "{speaks:?}: {said}"
        );
    }
}

#[tokio::test]
async fn a_recipient_who_is_refused_silences_no_other_and_is_told_of() {
    let world = World::new().await;
    let (server, hook) = (MailServer::start(Speaks::Tls).await, Hook::start().await);
    let outside = Outside {
        webhook: Some(hook.way()),
        mailer: Some(server.way(true)),
    };
    server.refuse("duty@service.example");
    world.database.psql(DEAD);
    world.look(0, &outside).await;
    for (seconds, told, put_off) in [(0, 2, 1), (3, 0, 1), (9, 0, 1)] {
        let round = world.tell(seconds, &outside).await;
        assert_eq!(
            (round.told, round.put_off),
            (told, put_off),
            "after {seconds} s"
        );
    }
    assert_eq!(server.mails().len(), 1, "who was told is told once");
    let kept = world
        .database
        .psql("select last_error from console.alert_deliveries where state = 'pending'");
    assert_eq!(
        kept,
        "The mail server answers with status 550 for d…@service.example."
    );

    // That is an alert, told to everybody but them; and what was wrong is over for those who heard of it.
    world.database.psql(MENDED);
    world.look(10, &outside).await;
    let mut read = world.store.read().await.expect("a reading");
    let listed = alerts::listed(&mut read, world.now).await.expect("alerts");
    let partly = |kind: &str| {
        let alert = listed.iter().find(|one| one.alert.kind == kind);
        let told = &alert.expect(kind).told;
        let mail = told.iter().find(|told| told.channel == Channel::Email);
        mail.map(|told| (told.resolved, told.partly, told.at.is_some()))
    };
    assert_eq!(partly("events_dead"), Some((false, true, false)));
    assert_eq!(partly("delivery_failing"), Some((false, false, false)));
    let round = world.tell(10, &outside).await;
    assert_eq!(
        (round.told, round.put_off),
        (4, 0),
        "both alerts, twice each"
    );
    let sentence = "Alerts cannot be delivered by e-mail: The mail server answers with status 550 for d…@service.example";
    assert!(
        hook.posts().iter().any(|post| post.body.contains(sentence)),
        "{:?}",
        hook.posts()
    );

    server.refuse("nobody");
    assert_eq!(
        world.tell(40, &outside).await.told,
        1,
        "once they are taken"
    );
    assert_eq!(
        world.tell(40, &outside).await.told,
        1,
        "then that it is over"
    );
}

#[tokio::test]
async fn a_relay_on_this_machine_needs_no_tls_whatever_authorities_there_are() {
    let world = World::new().await;
    let server = MailServer::start(Speaks::Plain).await;
    let outside = Outside {
        webhook: None,
        mailer: Some(server.way_with("", true)),
    };
    world.database.psql(DEAD);
    world.look(0, &outside).await;
    assert_eq!(world.tell(0, &outside).await.told, 2, "{}", server.said());

    server.forget_the_login();
    world.database.psql(MENDED);
    world.look(10, &outside).await;
    assert_eq!(world.tell(10, &outside).await.put_off, 2);
    let kept = "select distinct last_error from console.alert_deliveries where state = 'pending'";
    assert_eq!(
        world.database.psql(kept),
        "The mail server does not accept the login."
    );
}

#[tokio::test]
async fn an_audit_trail_that_was_changed_is_an_alert() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        alerts: Duration::from_millis(50),
        ..Limits::default()
    };
    database.psql(
        "insert into console.audit (chain, action, kind, subject, data_digest) values ('staff', 'x', 'user', 'u', sha256('x'));
         set session_replication_role = replica;
         update console.audit set action = 'y'",
    );
    let program = Running::with(database.store(), limits).await;
    let alert = || {
        database.psql("select kind || ' ' || subject from console.alerts where resolved_at is null")
    };
    until("the alert", || alert() == "trail_broken staff").await;
    program.stop().await;
}
