//! What Stripe does not let a key ask, and what is believed of a key by which it has nothing.

use std::sync::{Arc, Mutex};

use hopsdesk::usecases::ask_stripe::AskedRound;
use serde_json::json;
use time::Duration;

use super::ask_stripe::{DOUBTS, World};

/// What the program says while somebody listens.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(log)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("a log").clone()).expect("text")
    }

    fn lines(&self, words: &str) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().filter(|line| line.contains(words));
        lines.map(str::to_owned).collect()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn whoever_lets_nobody_ask_is_asked_later_and_the_key_is_told_to_nobody() {
    let world = World::new().await;
    world.refunded(1..4).await;
    world.says(DOUBTS, "ch_1 never_seen, ch_2 never_seen, ch_3 never_seen");
    for (seconds, status, words) in [
        (70, 429, "status 429"),
        (200, 403, "refuses STRIPE_API_KEY"),
    ] {
        world.has.lock().expect("objects").fault = Some(status);
        let round = world.ask(seconds).await;
        assert_eq!((round.settled, round.again), (0, 3));
        assert_eq!(world.questions(), 1, "one is enough to know");
        let kept = world
            .database
            .psql("select distinct last_error from console.stripe_doubts");
        assert!(kept.contains(words) && !kept.contains("canary"), "{kept}");
    }
    world.has.lock().expect("objects").fault = None;
    let charge = json!({"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "status": "succeeded", "amount": 500, "currency": "usd"});
    world.has("/v1/charges/ch_1", charge);
    assert_eq!(
        world.ask(900).await.settled,
        3,
        "what Stripe does not have is in no doubt either"
    );
    world.says(
        "select id, amount from console.stripe_payments",
        "ch_1|5.00",
    );
}

#[tokio::test]
async fn a_wrong_key_is_tried_once_in_a_while_however_many_events_come() {
    let mut world = World::new().await;
    world.has.lock().expect("objects").fault = Some(401);
    for (numbers, seconds, asked) in [
        (1..3, 70, 1),
        (3..6, 130, 0),
        (6..9, 300, 0),
        (9..10, 371, 1),
    ] {
        world.refunded(numbers.clone()).await;
        let round = world.ask(seconds).await;
        assert_eq!(round.settled, 0, "{numbers:?}");
        let waiting = (numbers.end - 1).to_string();
        world.says("select count(*) from console.stripe_doubts", &waiting);
        assert_eq!(world.questions(), asked, "{numbers:?}");
    }
    let kept = "select distinct last_error like 'Stripe refuses STRIPE_API_KEY (status 401)%' from console.stripe_doubts";
    world.says(kept, "t");
    // Who was not asked has not failed to answer.
    world.says("select max(attempts) from console.stripe_doubts", "2");
    // Another key is another matter.
    world.has.lock().expect("objects").fault = None;
    let charge = json!({"object": "charge", "id": "ch_1", "status": "succeeded", "amount": 500, "currency": "usd"});
    world.has("/v1/charges/ch_1", charge);
    world.another_key();
    assert!(world.ask(900).await.settled > 0);
}

#[tokio::test]
async fn a_key_of_another_account_ends_no_doubt_and_is_told() {
    let log = Log::default();
    let _listening = log.listen();
    let mut world = World::new().await;
    world.answers_for_events(Some(404));
    world.refunded(1..9).await;
    let none = AskedRound {
        settled: 0,
        again: 8,
    };
    assert_eq!(world.ask(70).await, none);
    let asked = world.asked();
    assert_eq!(asked.len(), 2, "one and the newest event: {asked:?}");
    assert_eq!(asked[1], "/v1/events/evt_8");
    world.says(
        "select count(*), bool_and(last_error like 'STRIPE_API_KEY is of another account%') from console.stripe_doubts",
        "8|t",
    );
    world.refunded(9..12).await;
    assert_eq!(world.ask(140).await, AskedRound::default());
    assert_eq!(world.questions(), 0, "not for a while");
    world.says("select max(attempts) from console.stripe_doubts", "1");
    assert_eq!(world.ask(400).await.settled, 0);
    assert_eq!(world.questions(), 2, "then it is tried again, once");
    world.says("select count(*) from console.stripe_doubts", "11");
    let lines = log.lines("STRIPE_API_KEY is of another account");
    assert_eq!(lines.len(), 1, "said once: {lines:?}");
    assert!(lines[0].contains("ERROR"), "{lines:?}");
    assert!(!log.text().contains("canary"), "{}", log.text());

    world.answers_for_events(None);
    world.another_key();
    while world.ask(4000).await.settled > 0 {}
    world.says("select count(*) from console.stripe_doubts", "0");
}

#[tokio::test]
async fn what_a_key_of_the_right_account_does_not_find_is_gone_and_the_key_is_proved_once() {
    let mut world = World::new().await;
    let gone = |settled| AskedRound { settled, again: 0 };
    world.refunded(1..9).await;
    assert_eq!(world.ask(70).await, gone(8));
    let events = |asked: Vec<String>| {
        let events = asked.iter().filter(|path| path.starts_with("/v1/events/"));
        (asked.len(), events.count())
    };
    assert_eq!(events(world.asked()), (9, 1));
    // It stays proved, however long ago that was, whatever Stripe says of events then.
    world.answers_for_events(Some(404));
    world.refunded(9..11).await;
    assert_eq!(world.ask(90_000).await, gone(2));
    assert_eq!(events(world.asked()), (2, 0));
    // Of another key nothing is known.
    world.another_key();
    world.refunded(11..12).await;
    assert_eq!(world.ask(90_000).await.settled, 0);
    assert_eq!(events(world.asked()), (2, 1));
}

#[tokio::test]
async fn while_stripe_does_not_say_whose_a_key_is_nothing_is_gone() {
    for (status, words, pause) in [(429, "status 429", 10), (401, "status 401", 300)] {
        let world = World::new().await;
        world.answers_for_events(Some(status));
        world.refunded(1..4).await;
        assert_eq!(world.ask(70).await.again, 3);
        assert_eq!(world.questions(), 2);
        let kept =
            format!("select count(*) from console.stripe_doubts where last_error like '%{words}%'");
        world.says(&kept, "3");
        assert_eq!(world.ask(70 + pause - 1).await, AskedRound::default());
        world.answers_for_events(None);
        assert_eq!(world.ask(900).await.settled, 3);
    }
}

#[tokio::test]
async fn a_key_that_may_not_read_events_is_found_out_by_its_fifth_question_and_ends_no_doubt_from_then_on()
 {
    let world = World::new().await;
    world.answers_for_events(Some(403));
    world.refunded(1..9).await;
    let round = world.ask(70).await;
    // And one for the event.
    assert_eq!((round.settled, round.again, world.questions()), (4, 4, 6));
    world.refunded(9..12).await;
    assert_eq!(world.ask(140).await.settled, 0);
    assert_eq!(world.questions(), 0);
    world.says(
        "select count(*), bool_and(last_error like '%another account%') from console.stripe_doubts",
        "7|t",
    );
    world.says("select max(attempts) from console.stripe_doubts", "1");
    // After a while one question tells whether it is so still.
    world.ask(400).await;
    assert_eq!(world.questions(), 2);
    world.says("select count(*) from console.stripe_doubts", "7");
}

/// What Stripe need not have, or has for others too, shows nothing: then a key is believed as one that may not read events.
#[tokio::test]
async fn only_what_stripe_sent_lately_shows_whose_a_key_is() {
    let mut world = World::new().await;
    world.answers_for_events(Some(404));
    let body = |set: &str, to: String| {
        format!(
            "body = convert_to((convert_from(body, 'UTF8')::jsonb || '{{\"{set}\": {to}}}')::text, 'UTF8')"
        )
    };
    let now = world.now;
    let days_ago = |days| (now - Duration::days(days)).unix_timestamp().to_string();
    let changes = [
        "origin = 'read_back'".to_owned(),
        "livemode = false".to_owned(),
        "received_at = now() - interval '30 days'".to_owned(),
        body("created", days_ago(29)),
        body("account", "\"acct_1\"".to_owned()),
    ];
    for (n, change) in (1..).zip(changes) {
        world.refunded(n..n + 1).await;
        world
            .database
            .psql(&format!("update console.inbox set {change}"));
        world.another_key();
        assert_eq!(world.ask(600).await.settled, 1, "{change}");
        assert_eq!(world.questions(), 1, "{change}");
    }
    world.refunded(6..7).await;
    world.database.psql(&format!(
        "update console.inbox set {}",
        body("created", days_ago(28))
    ));
    assert_eq!(world.ask(600).await.settled, 0, "Stripe has that still");
}
