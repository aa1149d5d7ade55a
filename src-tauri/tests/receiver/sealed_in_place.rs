//! Secrets sealed where the service keeps them, too: whoever reads clusters goes on, nothing is lost by whatever happens
//! meanwhile, and it can all be put back. Through PgBouncer, as programs do it.

use hopsdesk::domain::random::FixedRandom;
use hopsdesk::domain::sealed::Standing;
use hopsdesk::secrets::sealing::{Identities, SealError};
use hopsdesk::store::door::Store;
use hopsdesk::store::{outbox, sealing};
use hopsdesk::usecases::seal_in_place::{Order, put_back, seal_in_place};
use hopsdesk::usecases::seal_secrets::{
    Again, InPlace, Outcome, Reported, adopt, import, reseal, verify,
};

use super::snapshots::{Service, id, small};

const RANDOM: FixedRandom = FixedRandom(7);

const DO_IT: Order<'_> = Order {
    dry: false,
    taken_over: false,
    reason: "a test",
};

const COLUMNS: &str = "select string_agg(api_key || ' ' || kubeconfig, ' ' order by id) from public.hopsworks_clusters";

/// A service of one cluster whose secrets are sealed as copies, to somebody who is here.
async fn sealed() -> (Service, Store, Identities) {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let ours = Identities::generate();
    add(&store, &ours, "collector").await;
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    (service, store, ours)
}

async fn add(store: &Store, identities: &Identities, name: &str) {
    let key = identities.public_keys().remove(0);
    sealing::add(store, &key, name, "a test")
        .await
        .expect("a recipient");
}

async fn seal(store: &Store, identities: &Identities) -> Vec<Outcome> {
    outcomes(
        seal_in_place(store, identities, DO_IT)
            .await
            .expect("it runs"),
    )
}

fn outcomes(reported: Vec<Reported>) -> Vec<Outcome> {
    reported.into_iter().map(|(_, outcome)| outcome).collect()
}

fn left(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::InPlace(InPlace::Left(why)) | Outcome::Refused(why) => why,
        other => panic!("it is left as it is: {other:?}"),
    }
}

fn done() -> Vec<Outcome> {
    ["api_key", "kubeconfig"]
        .map(|kind| Outcome::InPlace(InPlace::SealedNow(format!("hopsworks_clusters.{kind}"))))
        .to_vec()
}

#[tokio::test]
async fn programs_go_on_and_nothing_in_the_database_is_plain_any_more() {
    let (service, store, ours) = sealed().await;
    assert_eq!(service.look_opening(&ours, 0).await.known, 1);
    let before = service.database.psql(COLUMNS);
    let dry = Order { dry: true, ..DO_IT };
    let would = seal_in_place(&store, &ours, dry).await.expect("it runs");
    assert!(
        matches!(&would[1].1, Outcome::InPlace(InPlace::WouldBe(place)) if place == "hopsworks_clusters.kubeconfig"),
        "{would:?}"
    );
    assert_eq!(service.database.psql(COLUMNS), before, "so far nothing");

    let strangers = seal(&store, &Identities::generate()).await;
    assert_eq!(
        strangers,
        vec![Outcome::Failed(SealError::NoIdentity); 2],
        "who cannot open the copy does not take the plain one away"
    );
    assert_eq!(service.database.psql(COLUMNS), before);

    assert_eq!(seal(&store, &ours).await, done());
    let whole = service.database.tool("pg_dump").output().expect("a dump");
    let whole = String::from_utf8_lossy(&whole.stdout).into_owned();
    assert!(whole.contains("BEGIN AGE ENCRYPTED FILE"));
    assert!(!whole.contains("canary"), "of the whole database");
    let entries = "select string_agg(data::text, ' ') from console.audit_data as d
        join console.audit as a on a.id = d.audit_id where a.action = 'seal_in_place' and a.login = 'hopsdesk_owner'";
    let entries = service.database.psql(entries);
    assert_eq!(
        entries.matches("\"before\": \"in plain\"").count(),
        2,
        "{entries}"
    );

    assert_eq!(service.look_opening(&ours, 301).await.known, 1);
    assert_eq!(
        seal(&store, &ours).await,
        vec![Outcome::InPlace(InPlace::Before); 2],
        "a second run has nothing to do"
    );
    let seen = outcomes(verify(&store, &ours).await.expect("it runs"));
    assert_eq!(seen, vec![Outcome::Stands(Standing::Sealed); 2]);

    // And the way back.
    let would = put_back(&store, &ours, dry).await.expect("it runs");
    assert_eq!(
        outcomes(would),
        vec![Outcome::InPlace(InPlace::WouldBePutBack); 2]
    );
    let back = put_back(&store, &ours, DO_IT).await.expect("it runs");
    assert_eq!(outcomes(back), vec![Outcome::InPlace(InPlace::PutBack); 2]);
    assert_eq!(service.database.psql(COLUMNS), before);
}

#[tokio::test]
async fn what_is_sealed_there_opens_without_a_copy_and_follows_the_copy() {
    let (service, store, ours) = sealed().await;
    let plain = service.database.psql(COLUMNS);
    assert_eq!(seal(&store, &ours).await, done());
    // A new recipient: what stands in the service's table is sealed anew with the copy.
    let (old, new) = (service.database.psql(COLUMNS), Identities::generate());
    add(&store, &new, "ann").await;
    sealing::remove(&store, "collector", "a test")
        .await
        .expect("it goes");
    let resealed = reseal(&store, &RANDOM, &ours, "a test").await;
    assert_eq!(
        outcomes(resealed.expect("it runs")),
        vec![Outcome::SealedNow; 2]
    );
    assert_ne!(service.database.psql(COLUMNS), old);
    // As after detaching and attaching again: nothing of ours is left, and the table alone opens for the new one.
    service.database.psql("delete from console.cluster_secrets");
    assert_eq!(service.look_opening(&new, 0).await.known, 1);
    assert_eq!(
        service.look_opening(&ours, 301).await.unknown,
        1,
        "a former recipient opens it no more"
    );
    let seen = outcomes(verify(&store, &new).await.expect("it runs"));
    assert_eq!(seen, vec![Outcome::Stands(Standing::ThereAlone); 2]);
    let nobody = adopt(&store, &RANDOM, &ours, "a test").await;
    assert_eq!(
        outcomes(nobody.expect("it runs")),
        vec![Outcome::Failed(SealError::NoIdentity); 2]
    );
    let adopted = adopt(&store, &RANDOM, &new, "a test").await;
    assert_eq!(
        outcomes(adopted.expect("it runs")),
        vec![Outcome::SealedNow; 2]
    );
    assert_eq!(service.look_opening(&new, 602).await.known, 1);
    assert_eq!(
        seal(&store, &new).await,
        vec![Outcome::InPlace(InPlace::Before); 2],
        "which stands there in place of what it was made of"
    );
    // So it follows the copy again: to whom that is not sealed any more, nothing there opens either.
    let next = Identities::generate();
    add(&store, &next, "bo").await;
    sealing::remove(&store, "ann", "a test")
        .await
        .expect("it goes");
    let resealed = reseal(&store, &RANDOM, &new, "a test").await;
    assert_eq!(
        outcomes(resealed.expect("it runs")),
        vec![Outcome::SealedNow; 2]
    );
    service.database.psql("delete from console.cluster_secrets");
    for former in [&ours, &new] {
        let nobody = put_back(&store, former, DO_IT).await;
        assert_eq!(
            outcomes(nobody.expect("it runs")),
            vec![Outcome::Failed(SealError::NoIdentity); 2]
        );
    }
    // And whoever opens it puts it back, also without a copy.
    let back = put_back(&store, &next, DO_IT).await.expect("it runs");
    assert_eq!(outcomes(back), vec![Outcome::InPlace(InPlace::PutBack); 2]);
    assert_eq!(service.database.psql(COLUMNS), plain);
    let nothing = put_back(&store, &next, DO_IT).await.expect("it runs");
    assert_eq!(outcomes(nothing), Vec::new());
}

#[tokio::test]
async fn an_older_one_that_stands_sealed_there_is_told_and_not_put_back() {
    let (service, store, ours) = sealed().await;
    assert_eq!(seal(&store, &ours).await, done());
    let older = service.database.psql(COLUMNS);
    service
        .database
        .psql("create table public.older as select id, api_key from public.hopsworks_clusters");
    put_back(&store, &ours, DO_IT).await.expect("it runs");
    service
        .database
        .psql("update public.hopsworks_clusters set api_key = 'canary-newer'");
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    assert_eq!(seal(&store, &ours).await, done());
    service.database.psql(
        "update public.hopsworks_clusters as k set api_key = o.api_key from public.older as o where o.id = k.id",
    );
    assert_eq!(service.database.psql(COLUMNS), older);
    let told = seal(&store, &ours).await;
    assert!(left(&told[0]).contains("empty it there"), "{told:?}");
    let told = put_back(&store, &ours, DO_IT).await.expect("it runs");
    let told = outcomes(told);
    assert!(left(&told[0]).contains("empty it there"), "{told:?}");
    assert_eq!(told[1], Outcome::InPlace(InPlace::PutBack));
}

#[tokio::test]
async fn what_changes_meanwhile_is_told_and_not_lost() {
    let (service, store, ours) = sealed().await;
    // Another key in the table than the one that was sealed.
    service
        .database
        .psql("update public.hopsworks_clusters set api_key = 'canary-newer'");
    let told = seal(&store, &ours).await;
    assert!(left(&told[0]).contains("import it first"), "{told:?}");
    assert_eq!(told[1], done()[1], "one holds up no other");
    let key = "select api_key from public.hopsworks_clusters";
    assert_eq!(service.database.psql(key), "canary-newer");
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");

    // Changed while it waits for the row: seen once the other is done.
    let mut other = service.database.superuser().await;
    other
        .script("begin; update public.hopsworks_clusters set api_key = 'canary-newest'")
        .await
        .expect("a change");
    let waiting = {
        let (store, ours) = (store.clone(), ours.clone());
        tokio::spawn(async move { seal(&store, &ours).await })
    };
    let waits = format!(
        "select count(*) from pg_stat_activity where datname = '{}' and wait_event_type = 'Lock'",
        service.database.name
    );
    super::running::until(&service.database, &waits, "1").await;
    other.script("commit").await.expect("a commit");
    let told = waiting.await.expect("a task");
    assert!(left(&told[0]).contains("in this moment"), "{told:?}");
    assert_eq!(service.database.psql(key), "canary-newest");

    // No entry of the trail, no change.
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    service.database.psql(
        "create function console.test_refuses() returns trigger language plpgsql as $$
         begin raise exception 'no trail'; end $$;
         create trigger test_refuses before insert on console.audit for each row execute function console.test_refuses()",
    );
    let told = seal(&store, &ours).await;
    assert!(matches!(&told[0], Outcome::Refused(_)), "{told:?}");
    assert_eq!(service.database.psql(key), "canary-newest");
    assert!(!format!("{told:?}").contains("canary"));
}

#[tokio::test]
async fn what_stands_against_it_is_said_with_what_to_do() {
    let (service, store, ours) = sealed().await;
    let refused = |sql: &'static str| {
        let (service, store, ours) = (&service, &store, &ours);
        async move {
            service.database.psql(sql);
            let dry = Order { dry: true, ..DO_IT };
            let would = outcomes(seal_in_place(store, ours, dry).await.expect("it runs"));
            let told = seal(store, ours).await;
            let columns = service.database.psql(COLUMNS);
            assert!(columns.contains("canary-key"), "{sql}: {told:?}");
            assert!(!format!("{told:?}{would:?}").contains("canary"));
            (would, left(&told[0]).to_owned())
        }
    };
    let (would, told) = refused(
        "update console.effect_switches set mode = 'shadow' where effect = 'hopsworks_quota'",
    )
    .await;
    assert_eq!(left(&would[0]), told, "known before");
    assert!(
        told.contains("hopsworks_quota is in shadow") && told.contains("--taken-over"),
        "{told}"
    );
    let (would, told) = refused(
        "update console.effect_switches set mode = 'live';
         alter table public.hopsworks_clusters owner to postgres;
         revoke all on public.hopsworks_clusters from anon, authenticated, service_role;
         grant select on public.hopsworks_clusters to hopsdesk_owner",
    )
    .await;
    assert_eq!(left(&would[0]), told, "known before");
    assert!(
        told.contains(
            "hopsdesk_owner may not write it: `grant update (api_key) on public.hopsworks_clusters to hopsdesk_owner`"
        ),
        "{told}"
    );
    let (_, told) = refused(
        "grant update (api_key) on public.hopsworks_clusters to hopsdesk_owner;
         alter table public.hopsworks_clusters add constraint short check (length(api_key) < 50)",
    )
    .await;
    assert!(told.contains("rule of the service's own table"), "{told}");
    let (_, told) = refused(
        "alter table public.hopsworks_clusters drop constraint short;
         create function public.trims() returns trigger language plpgsql as $$
         begin new.api_key := left(new.api_key, 60); return new; end $$;
         create trigger trims before update on public.hopsworks_clusters for each row execute function public.trims()",
    )
    .await;
    assert!(
        told.contains("does not keep it as it was written"),
        "{told}"
    );
    service
        .database
        .psql("drop trigger trims on public.hopsworks_clusters");
    let told = seal(&store, &ours).await;
    assert_eq!(told[0], done()[0], "with the grant it named");
    assert_eq!(
        told[1],
        Outcome::InPlace(InPlace::Before),
        "what stood in the way of one held up no other"
    );
}

#[tokio::test]
async fn somebody_says_that_it_is_taken_over_and_that_is_on_record() {
    let (service, store, ours) = sealed().await;
    service
        .database
        .psql("update console.effect_switches set mode = 'shadow'");
    let order = Order {
        taken_over: true,
        ..DO_IT
    };
    let told = seal_in_place(&store, &ours, order).await.expect("it runs");
    assert_eq!(outcomes(told), done());
    let said = "select count(*) from console.audit_entries where action = 'seal_in_place' and warnings::text like '%nothing else reads%'";
    assert_eq!(service.database.psql(said), "2");
}

#[tokio::test]
async fn what_another_program_encrypted_is_no_secret_of_ours() {
    let (service, store, ours) = sealed().await;
    service.database.psql(
        "delete from console.cluster_secrets;
         update public.hopsworks_clusters set api_key = 'vault:v1:abcdef', kubeconfig = '-----BEGIN PGP MESSAGE-----'",
    );
    let imported = import(&store, &RANDOM, Again::Always, "a test").await;
    assert_eq!(
        outcomes(imported.expect("it runs")),
        vec![Outcome::Stands(Standing::Foreign); 2],
        "and is not sealed as if it were one"
    );
    assert_eq!(
        seal(&store, &ours).await,
        vec![Outcome::Stands(Standing::Foreign); 2]
    );
    let access = outbox::cluster_access(&store, &id(0)).await;
    let access = access.expect("an answer").expect("a cluster");
    assert!(
        access.api_key.is_none() && access.kubeconfig.is_none(),
        "nor sent anywhere as one"
    );
}
