//! Sealed secrets: what is sealed is what is used, it opens for its recipients alone, and none of it is found
//! anywhere else.

use hopsdesk::domain::random::FixedRandom;
use hopsdesk::domain::sealed::Standing;
use hopsdesk::secrets::sealing::{Identities, SealError};
use hopsdesk::store::door::Store;
use hopsdesk::store::outbox::may_execute;
use hopsdesk::store::sealing;
use hopsdesk::usecases::seal_secrets::{Again, Outcome, Reported, import, reseal, verify};

use super::snapshots::{Service, small};

const RANDOM: FixedRandom = FixedRandom(7);

async fn recipient(store: &Store, identities: &Identities, name: &str) {
    for recipient in identities.recipients() {
        sealing::add(store, &recipient.to_string(), name, "a test")
            .await
            .expect("a recipient");
    }
}

fn outcomes(reported: &[Reported]) -> Vec<Outcome> {
    reported
        .iter()
        .map(|(_, outcome)| outcome.clone())
        .collect()
}

/// Everything that `console` holds, as text. What the service itself keeps in plain is not of it.
fn everything_of_ours(service: &Service) -> String {
    let tables = service.database.psql(
        "select string_agg(quote_ident(c.relname), ' ') from pg_class as c
         where c.relnamespace = 'console'::regnamespace and c.relkind = 'r'",
    );
    assert!(tables.contains("cluster_secrets"));
    let table =
        |name| format!("select coalesce(string_agg(t::text, ' '), '') from console.{name} as t");
    let texts = tables
        .split(' ')
        .map(|name| service.database.psql(&table(name)));
    texts.collect()
}

#[tokio::test]
async fn what_is_sealed_is_used_and_opens_for_its_recipients_alone() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let (ours, theirs) = (Identities::generate(), Identities::generate());
    assert_eq!(
        service.look(0).await.known,
        1,
        "the plain one, while nothing is sealed"
    );

    let nobody = import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    assert_eq!(
        outcomes(&nobody),
        vec![Outcome::Failed(SealError::NoRecipients); 2]
    );
    recipient(&store, &ours, "collector").await;
    let may = may_execute(&store, Vec::new()).await.expect("an answer");
    assert!(may.claims && may.reaches_clusters, "{may:?}");
    let sealed = import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    assert_eq!(outcomes(&sealed), vec![Outcome::SealedNow; 2]);
    for (keys, reaches) in [
        (Vec::new(), false),
        (theirs.public_keys(), false),
        (ours.public_keys(), true),
    ] {
        let may = may_execute(&store, keys).await.expect("an answer");
        assert!(
            may.claims && may.reaches_clusters == reaches,
            "an open console leaves alone what it does not open: {may:?}"
        );
    }
    let again = import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    assert_eq!(
        outcomes(&again),
        vec![Outcome::Stands(Standing::Sealed); 2],
        "once"
    );

    // That it is the sealed one which is used: the plain one is of no use any more.
    service
        .database
        .psql("update public.hopsworks_clusters set kubeconfig = 'canary-broken'");
    assert_eq!(service.look_opening(&ours, 301).await.known, 1);
    let without = service.look_opening(&theirs, 602).await;
    assert_eq!((without.known, without.unknown), (0, 1));
    let last = service.state(0).await.last.expect("somebody looked");
    for failure in [last.kubernetes.failure, last.hopsworks.failure] {
        let failure = failure.expect("it does not open");
        assert_eq!(failure.code, "sealed");
        assert!(
            failure.sentence.contains("HOPSDESK_IDENTITY"),
            "{failure:?}"
        );
    }
    let seen = verify(&store, &ours).await.expect("it runs");
    assert_eq!(
        outcomes(&seen),
        [
            Outcome::Stands(Standing::Sealed),
            Outcome::Stands(Standing::Differs)
        ]
    );
    let seen = verify(&store, &theirs).await.expect("it runs");
    assert_eq!(
        outcomes(&seen),
        vec![Outcome::Failed(SealError::NoIdentity); 2]
    );

    let kept = everything_of_ours(&service);
    assert!(kept.contains("seal_secret"), "it is on record who sealed");
    assert!(!kept.contains("canary") && !kept.contains("AGE-SECRET-KEY"));
    assert!(!kept.contains(&hex::encode("canary")), "nor as bytes");
    assert!(!format!("{sealed:?}{nobody:?}{seen:?}").contains("canary"));
}

#[tokio::test]
async fn recipients_come_and_go() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let (old, new) = (Identities::generate(), Identities::generate());
    recipient(&store, &old, "old").await;
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    recipient(&store, &new, "new").await;
    sealing::remove(&store, "old", "a test")
        .await
        .expect("it goes");
    let seen = verify(&store, &old).await.expect("it runs");
    assert_eq!(
        outcomes(&seen),
        vec![Outcome::Stands(Standing::Outdated); 2]
    );
    assert_eq!(
        (seen[0].0.missing.as_slice(), seen[0].0.former.as_slice()),
        (&["new".to_owned()][..], &["old".to_owned()][..])
    );

    let refused = reseal(&store, &RANDOM, &new, "a test")
        .await
        .expect("it runs");
    assert_eq!(
        outcomes(&refused),
        vec![Outcome::Failed(SealError::NoIdentity); 2],
        "who opens nothing seals nothing anew"
    );
    let done = reseal(&store, &RANDOM, &old, "a test")
        .await
        .expect("it runs");
    assert_eq!(outcomes(&done), vec![Outcome::SealedNow; 2]);
    assert_eq!(service.look_opening(&new, 0).await.known, 1);
    assert_eq!(service.look_opening(&old, 301).await.unknown, 1);
}

#[tokio::test]
async fn a_sealed_secret_put_into_another_cluster_s_row_opens_nothing() {
    let service = Service::new(vec![small("a"), small("b")]).await;
    let store = service.database.store();
    let ours = Identities::generate();
    recipient(&store, &ours, "collector").await;
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    service.database.psql(
        "update console.cluster_secrets as s set sealed = o.sealed from console.cluster_secrets as o
         where o.kind = s.kind and o.cluster_id <> s.cluster_id",
    );
    let seen = verify(&store, &ours).await.expect("it runs");
    assert_eq!(
        outcomes(&seen),
        vec![Outcome::Failed(SealError::Damaged); 4]
    );
}

#[tokio::test]
async fn what_is_sealed_to_a_lost_key_or_is_damaged_is_sealed_again_from_the_plain_one() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let (lost, new) = (Identities::generate(), Identities::generate());
    let import = |again| import(&store, &RANDOM, again, "a test");
    recipient(&store, &lost, "lost").await;
    import(Again::WhereItDiffers).await.expect("it runs");
    recipient(&store, &new, "new").await;
    sealing::remove(&store, "lost", "a test")
        .await
        .expect("it goes");
    let same = import(Again::WhereItDiffers).await.expect("it runs");
    assert_eq!(
        outcomes(&same),
        vec![Outcome::Stands(Standing::Outdated); 2]
    );
    assert_eq!(service.look_opening(&new, 0).await.unknown, 1, "dark");

    let anew = import(Again::Always).await.expect("it runs");
    assert_eq!(outcomes(&anew), vec![Outcome::SealedNow; 2]);
    assert_eq!(service.look_opening(&new, 301).await.known, 1);

    service
        .database
        .psql("update console.cluster_secrets set sealed = sealed || '\\x00'");
    let seen = verify(&store, &new).await.expect("it runs");
    assert_eq!(
        outcomes(&seen),
        vec![Outcome::Failed(SealError::Damaged); 2]
    );
    import(Again::Always).await.expect("it runs");
    let seen = verify(&store, &new).await.expect("it runs");
    assert_eq!(outcomes(&seen), vec![Outcome::Stands(Standing::Sealed); 2]);
}

#[tokio::test]
async fn what_is_refused_of_one_secret_holds_up_no_other() {
    let service = Service::new(vec![small("a"), small("b")]).await;
    let store = service.database.store();
    recipient(&store, &Identities::generate(), "collector").await;
    // As when the first one were taken out of the table meanwhile.
    service.database.psql(
        "create function console.test_refuses() returns trigger language plpgsql as $$
         begin perform console.refuse('HD006', 'There is no such cluster.', '{}'); end $$;
         create trigger test_refuses before insert on console.cluster_secrets for each row
         when (new.kind = 'api_key') execute function console.test_refuses()",
    );
    let done = import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    let refused = Outcome::Refused("There is no such cluster.".to_owned());
    let [one, two] = [refused, Outcome::SealedNow];
    assert_eq!(outcomes(&done), [one.clone(), two.clone(), one, two]);
}

#[tokio::test]
async fn a_recipient_that_nobody_can_seal_to_is_named() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let wrong = format!("age1{}", "q".repeat(58));
    sealing::add(&store, &wrong, "ann", "a test")
        .await
        .expect("the database knows no checksum");
    let stopped = import(&store, &RANDOM, Again::WhereItDiffers, "a test").await;
    let stopped = stopped.expect_err("nobody can seal to that");
    assert!(
        stopped
            .reason
            .to_string()
            .contains("recipient ann is no public key")
    );
}

#[tokio::test]
async fn another_secret_than_the_one_on_record_is_none() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let ours = Identities::generate();
    recipient(&store, &ours, "collector").await;
    let import = |again| import(&store, &RANDOM, again, "a test");
    import(Again::WhereItDiffers).await.expect("it runs");
    // An older one of the same cluster, as out of a backup: it opens, and is not what was sealed last.
    service.database.psql(
        "create table console.test_older as select * from console.cluster_secrets;
         update public.hopsworks_clusters set api_key = 'canary-2', kubeconfig = 'canary-2'",
    );
    import(Again::WhereItDiffers).await.expect("it runs");
    service.database.psql(
        "update console.cluster_secrets as s set sealed = o.sealed from console.test_older as o
         where o.kind = s.kind",
    );
    let seen = verify(&store, &ours).await.expect("it runs");
    assert_eq!(
        outcomes(&seen),
        vec![Outcome::Failed(SealError::Damaged); 2]
    );
}

#[tokio::test]
async fn what_staff_put_in_place_of_the_services_own_stays_until_somebody_says_otherwise() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let ours = Identities::generate();
    recipient(&store, &ours, "collector").await;
    let import = |again| import(&store, &RANDOM, again, "a test");
    import(Again::WhereItDiffers).await.expect("it runs");
    // As an admin does it in the console: the plain ones are another by then.
    service.database.psql(
        "set session authorization hopsdesk_owner;
         select console.replace_secret(s.cluster_id, s.kind, s.sealed, s.recipients, s.salt, s.digest, 'a new one')
         from console.cluster_secrets as s;
         update public.hopsworks_clusters set api_key = 'canary-old', kubeconfig = 'canary-old'",
    );
    let replaced =
        "select string_agg(sealed::text, ' ' order by kind) from console.cluster_secrets";
    let before = service.database.psql(replaced);
    let left = import(Again::WhereItDiffers).await.expect("it runs");
    assert_eq!(outcomes(&left), vec![Outcome::Stands(Standing::OfStaff); 2]);
    assert_eq!(service.database.psql(replaced), before, "nothing is lost");
    recipient(&store, &Identities::generate(), "ann").await;
    let resealed = reseal(&store, &RANDOM, &ours, "a test").await;
    assert_eq!(
        outcomes(&resealed.expect("it runs")),
        vec![Outcome::SealedNow; 2]
    );
    let seen = verify(&store, &ours).await.expect("it runs");
    assert_eq!(outcomes(&seen), vec![Outcome::Stands(Standing::OfStaff); 2]);

    let anew = import(Again::Always).await.expect("it runs");
    assert_eq!(outcomes(&anew), vec![Outcome::SealedNow; 2]);
    let former = sealing::former(&store).await.expect("an answer");
    assert_eq!(former.len(), 4, "and what that replaced can come back");
    let seen = verify(&store, &ours).await.expect("it runs");
    assert_eq!(outcomes(&seen), vec![Outcome::Stands(Standing::Sealed); 2]);
}

#[tokio::test]
async fn a_copy_of_a_cluster_that_is_gone_is_told_and_removed() {
    let service = Service::new(vec![small("a"), small("b")]).await;
    let store = service.database.store();
    let ours = Identities::generate();
    recipient(&store, &ours, "collector").await;
    import(&store, &RANDOM, Again::WhereItDiffers, "a test")
        .await
        .expect("it runs");
    service
        .database
        .psql("delete from public.hopsworks_clusters where name = 'cluster 1'");
    let seen = verify(&store, &ours).await.expect("it runs");
    let gone: Vec<_> = seen
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Stands(Standing::OffRecord))
        .map(|(record, _)| (record.cluster_id.clone(), record.kind))
        .collect();
    assert_eq!(gone.len(), 2, "{seen:?}");
    let may = may_execute(&store, ours.public_keys()).await;
    assert!(may.expect("an answer").reaches_clusters);
    for (cluster, kind) in gone {
        sealing::remove_copy(&store, &cluster, kind, "it is gone")
            .await
            .expect("it goes");
    }
    let seen = verify(&store, &ours).await.expect("it runs");
    assert_eq!(outcomes(&seen), vec![Outcome::Stands(Standing::Sealed); 2]);
}
