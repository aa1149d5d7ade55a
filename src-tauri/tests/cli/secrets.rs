//! `secrets`: keys are made, clusters' secrets are sealed, and nothing secret is printed.

use super::program::run;
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn secrets_are_sealed_verified_and_never_printed() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.hopsworks_clusters (name, api_url, api_key, max_users, kubeconfig)
         values ('eu', 'https://eu.example', 'canary-key', 10, 'canary-config')",
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("identity");
    let path = file.display().to_string();
    let mut environment = database.environment();

    let made = run(&environment, &["secrets", "keygen", "--to", &path]);
    assert_eq!(made.code, 0, "{made:?}");
    let public = made.stdout.trim().to_owned();
    assert!(public.starts_with("age1"), "{made:?}");
    let private = std::fs::read_to_string(&file).expect("the key");
    assert!(private.contains("AGE-SECRET-KEY-1") && !made.stderr.contains("SECRET"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file)
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = run(&environment, &["secrets", "keygen", "--to", &path]);
    assert_eq!(
        again.code, 1,
        "a key that is there is not written over: {again:?}"
    );
    assert_eq!(std::fs::read_to_string(&file).expect("the key"), private);

    let add = [
        "secrets",
        "recipients",
        "add",
        "--name",
        "collector",
        "--reason",
        "for serve",
    ];
    let wrong = run(
        &environment,
        &[&add[..], &["AGE-SECRET-KEY-1CANARY"]].concat(),
    );
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        !wrong.stderr.contains("CANARY"),
        "what was pasted by mistake is not repeated: {wrong:?}"
    );
    let nobody = run(
        &environment,
        &["secrets", "import", "--reason", "too early"],
    );
    assert_eq!(nobody.code, 1, "nothing was sealed: {nobody:?}");
    assert!(nobody.stdout.contains("has no recipient"), "{nobody:?}");
    let added = run(&environment, &[&add[..], &[public.as_str()]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    let listed = run(&environment, &["secrets", "recipients", "list"]);
    assert!(
        listed
            .stdout
            .starts_with(&format!("collector\t{public}\tsince ")),
        "{listed:?}"
    );

    let plain = run(&environment, &["secrets", "verify"]);
    assert_eq!(plain.code, 1, "{plain:?}");
    assert!(
        plain.stdout.contains("eu\tapi_key\tplain in the database"),
        "{plain:?}"
    );
    let sealed = run(
        &environment,
        &["secrets", "import", "--reason", "first seal"],
    );
    assert_eq!(sealed.code, 0, "{sealed:?}");
    assert!(
        sealed.stdout.contains("eu\tkubeconfig\tsealed now"),
        "{sealed:?}"
    );
    let closed = run(&environment, &["secrets", "verify"]);
    assert_eq!(closed.code, 1, "{closed:?}");
    assert!(
        closed.stdout.contains("no identity here opens it"),
        "{closed:?}"
    );
    let unset = run(&environment, &["secrets", "reseal", "--reason", "rotation"]);
    assert_eq!(unset.code, 2, "{unset:?}");
    assert!(unset.stderr.contains("HOPSDESK_IDENTITY"), "{unset:?}");
    environment.push(("HOPSDESK_IDENTITY_FILE", path));
    let verified = run(&environment, &["secrets", "verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(
        verified.stdout.contains("eu\tapi_key\tsealed to collector"),
        "{verified:?}"
    );

    assert!(
        verified.stdout.contains("also in plain"),
        "it is told that a copy of the database opens the cluster still: {verified:?}"
    );

    let other = folder.path().join("other").display().to_string();
    let made_other = run(&environment, &["secrets", "keygen", "--to", &other]);
    let key = made_other.stdout.trim();
    let add = [
        "secrets",
        "recipients",
        "add",
        "--name",
        "ann",
        "--reason",
        "her laptop",
        key,
    ];
    assert_eq!(run(&environment, &add).code, 0);
    let reseal = ["secrets", "reseal", "--reason", "rotation"];
    let mut wrong_identity = database.environment();
    wrong_identity.push(("HOPSDESK_IDENTITY_FILE", other));
    let failed = run(&wrong_identity, &reseal);
    assert_eq!(failed.code, 1, "nothing was sealed anew: {failed:?}");
    assert!(
        failed.stdout.contains("no identity here opens it")
            && failed
                .stderr
                .contains("2 secrets are not as they should be"),
        "{failed:?}"
    );
    let resealed = run(&environment, &reseal);
    assert_eq!(resealed.code, 0, "{resealed:?}");
    let verified_other = run(&wrong_identity, &["secrets", "verify"]);
    assert_eq!(verified_other.code, 0, "{verified_other:?}");

    let kept = database.psql("select api_key || ' ' || kubeconfig from public.hopsworks_clusters");
    assert_eq!(
        kept, "canary-key canary-config",
        "the service's own are not touched"
    );
    for said in [
        made,
        again,
        wrong,
        added,
        listed,
        plain,
        sealed,
        closed,
        unset,
        verified,
        nobody,
        failed,
        resealed,
        verified_other,
    ] {
        let said = format!("{said:?}");
        assert!(
            !said.contains("canary") && !said.contains("AGE-SECRET"),
            "{said}"
        );
    }
}
