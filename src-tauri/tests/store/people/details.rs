//! The page of one person.

use hopsdesk::domain::account::Plan;
use hopsdesk::domain::browse::UsersFilter;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::standing::Standing;
use hopsdesk::store::{overview, usage, user_page};
use rust_decimal::dec;
use time::macros::date;

use super::{NOW, SORTS, all, count, query, service};
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn a_page_shows_the_team_the_seat_and_why_somebody_cannot_work() {
    let (database, store) = service().await;
    let mut reading = store.read().await.expect("a connection");
    let id = |text| UserId::parse(text).expect("an id");

    let member = user_page::detail(&mut reading, &id("auth0|02"), NOW)
        .await
        .expect("a page");
    let member = member.expect("somebody");
    let team = member.row.team.as_ref().expect("a team");
    assert_eq!((team.owner.id.as_str(), team.members), ("auth0|01", 3));
    assert_eq!(
        member.row.plan,
        Plan::Postpaid,
        "a member's plan is the owner's"
    );
    database.psql(
        "update public.users set billing_mode = null where id = 'auth0|01';
         update public.users set billing_mode = 'prepaid' where id = 'auth0|02'",
    );
    let planless = user_page::detail(&mut reading, &id("auth0|02"), NOW)
        .await
        .expect("a page");
    let plan = planless.expect("somebody").row.plan;
    assert_eq!(
        plan,
        Plan::Unset,
        "also when the owner has none and the member's row says one"
    );
    assert!(matches!(
        member.row.facts.standing(NOW.date()),
        Standing::NoHopsworksUser { cluster } if cluster == "eu-west-1"
    ));

    let suspended = user_page::detail(&mut reading, &id("auth0|10"), NOW)
        .await
        .expect("a page");
    let standing = suspended.expect("somebody").row.facts.standing(NOW.date());
    assert_eq!(standing, Standing::Suspended);

    let nobody = user_page::detail(&mut reading, &id("auth0|99"), NOW)
        .await
        .expect("an answer");
    assert!(nobody.is_none());

    let team = user_page::team(&mut reading, &id("auth0|03"), NOW)
        .await
        .expect("a team");
    let team = team.expect("somebody");
    assert_eq!(
        (
            team.owner.expect("an owner").person.id.as_str(),
            team.members.len()
        ),
        ("auth0|01", 3)
    );
}

#[tokio::test]
async fn a_days_without_a_row_is_a_gap_and_a_team_sums_up() {
    let (_database, store) = service().await;
    let mut reading = store.read().await.expect("a connection");
    let owner = UserId::parse("auth0|01").expect("an id");
    let days =
        hopsdesk::domain::period::Days::between(date!(2026 - 11 - 17), date!(2026 - 11 - 19));
    let metric = hopsdesk::domain::usage::Metric::Cost;
    let team = usage::of_user(&mut reading, &owner, true, metric, days)
        .await
        .expect("a series");
    let values: Vec<_> = team.days.iter().map(|day| day.value).collect();
    assert_eq!(
        values,
        [None, Some(dec!(2.5)), None],
        "02 spent 2.50 and 04 nothing"
    );
    let alone = usage::of_user(&mut reading, &owner, false, metric, days)
        .await
        .expect("a series");
    assert_eq!(alone.total(), None, "the owner recorded nothing");
}

#[tokio::test]
async fn a_second_generation_database_answers_the_same_questions() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let figures = overview::figures(&mut reading, NOW)
        .await
        .expect("an answer");
    assert_eq!(figures, None, "what was never counted is not zero");
    reading.end().await.expect("an end");
    count(&store).await;
    for sort in SORTS {
        let everybody = all(&store, query(UsersFilter::default(), sort, true, 2)).await;
        let recorded: usize = database
            .psql("select count(*) from public.users")
            .parse()
            .expect("a count");
        assert_eq!(everybody.len(), recorded, "{sort:?}");
    }
    let mut reading = store.read().await.expect("a connection");
    let lacks = hopsdesk::store::server::lacks(&mut reading)
        .await
        .expect("what it lacks");
    assert!(
        lacks.view("invoices").is_some(),
        "this generation has no invoices"
    );
    assert!(lacks.view("users").is_none());
    let figures = overview::figures(&mut reading, NOW).await.expect("figures");
    assert!(figures.expect("counted").users > 3);
    overview::clusters(&mut reading).await.expect("clusters");
    overview::concerns(&mut reading).await.expect("concerns");
}
