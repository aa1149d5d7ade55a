//! `secrets`: keys are made, clusters' secrets are sealed, and nothing secret is printed.

use tempfile::TempDir;

use super::program::{Ran, run};
use crate::support::database::{Kind, TestDatabase};

/// A service with one cluster, whose secrets nobody may print, and a folder for keys.
struct Service {
    database: TestDatabase,
    folder: TempDir,
}

impl Service {
    async fn new() -> Self {
        let database = TestDatabase::new(Kind::Managed).await;
        database.psql(
            "insert into public.hopsworks_clusters (name, api_url, api_key, max_users, kubeconfig)
             values ('eu', 'https://eu.example', 'canary-key', 10, 'canary-config')",
        );
        let folder = tempfile::tempdir().expect("a folder");
        Self { database, folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// `secrets` with these arguments, and with the key in a file where one is named.
    fn secrets(&self, key: Option<&str>, arguments: &[&str]) -> Ran {
        let mut environment = self.database.environment();
        environment.extend(key.map(|name| ("HOPSDESK_IDENTITY_FILE", self.file(name))));
        let ran = run(&environment, &[&["secrets"], arguments].concat());
        let said = format!("{ran:?}");
        assert!(
            !said.contains("canary") && !said.contains("AGE-SECRET"),
            "{said}"
        );
        ran
    }

    /// Makes a key in a file of that name; its public part.
    fn keygen(&self, name: &str) -> String {
        let made = self.secrets(None, &["keygen", "--to", &self.file(name)]);
        assert_eq!(made.code, 0, "{made:?}");
        let public = made.stdout.trim().to_owned();
        assert!(public.starts_with("age1"), "{made:?}");
        public
    }

    fn add(&self, name: &str, public: &str) -> Ran {
        let add = ["recipients", "add", "--name", name, "--reason", "a test"];
        self.secrets(None, &[&add[..], &[public]].concat())
    }
}

const IMPORT: [&str; 3] = ["import", "--reason", "first seal"];

const RESEAL: [&str; 3] = ["reseal", "--reason", "rotation"];

#[tokio::test]
async fn a_key_is_for_its_owner_alone_and_never_written_over_or_repeated() {
    let service = Service::new().await;
    let public = service.keygen("identity");
    let file = service.file("identity");
    let private = std::fs::read_to_string(&file).expect("the key");
    assert!(private.contains("AGE-SECRET-KEY-1"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let about = std::fs::metadata(&file).expect("a file");
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
    let again = service.secrets(None, &["keygen", "--to", &file]);
    assert_eq!(again.code, 1, "a key that is there stays: {again:?}");
    assert_eq!(std::fs::read_to_string(&file).expect("the key"), private);

    // What was pasted by mistake is not repeated.
    let wrong = service.add("collector", "AGE-SECRET-KEY-1CANARY");
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(!wrong.stderr.contains("CANARY"), "{wrong:?}");
    let added = service.add("collector", &public);
    assert_eq!(added.code, 0, "{added:?}");
    let listed = service.secrets(None, &["recipients", "list"]);
    let line = format!("collector\t{public}\tsince ");
    assert!(listed.stdout.starts_with(&line), "{listed:?}");
}

#[tokio::test]
async fn secrets_are_sealed_and_verified_and_the_services_own_stay() {
    let service = Service::new().await;
    let nobody = service.secrets(None, &IMPORT);
    assert_eq!(nobody.code, 1, "nothing was sealed: {nobody:?}");
    assert!(nobody.stdout.contains("has no recipient"), "{nobody:?}");
    let public = service.keygen("identity");
    assert_eq!(service.add("collector", &public).code, 0);

    let plain = service.secrets(None, &["verify"]);
    assert_eq!(plain.code, 1, "{plain:?}");
    let line = "eu\tapi_key\tplain in the database";
    assert!(plain.stdout.contains(line), "{plain:?}");
    let sealed = service.secrets(None, &IMPORT);
    assert_eq!(sealed.code, 0, "{sealed:?}");
    let line = "eu\tkubeconfig\tsealed now";
    assert!(sealed.stdout.contains(line), "{sealed:?}");
    let closed = service.secrets(None, &["verify"]);
    assert_eq!(closed.code, 1, "{closed:?}");
    let line = "no identity here opens it";
    assert!(closed.stdout.contains(line), "{closed:?}");
    let verified = service.secrets(Some("identity"), &["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let line = "eu\tapi_key\tsealed to collector";
    assert!(verified.stdout.contains(line), "{verified:?}");
    assert!(
        verified.stdout.contains("also in plain"),
        "a copy of the database opens the cluster still: {verified:?}"
    );
    let own = "select api_key || ' ' || kubeconfig from public.hopsworks_clusters";
    assert_eq!(service.database.psql(own), "canary-key canary-config");
}

#[tokio::test]
async fn sealing_anew_without_the_key_fails_aloud_and_with_it_opens_to_the_new_one() {
    let service = Service::new().await;
    let public = service.keygen("identity");
    assert_eq!(service.add("collector", &public).code, 0);
    assert_eq!(service.secrets(None, &IMPORT).code, 0);
    let unset = service.secrets(None, &RESEAL);
    assert_eq!(unset.code, 2, "{unset:?}");
    assert!(unset.stderr.contains("HOPSDESK_IDENTITY"), "{unset:?}");

    let other = service.keygen("other");
    assert_eq!(service.add("ann", &other).code, 0);
    let failed = service.secrets(Some("other"), &RESEAL);
    assert_eq!(failed.code, 1, "nothing was sealed anew: {failed:?}");
    assert!(
        failed.stdout.contains("no identity here opens it")
            && failed
                .stderr
                .contains("2 secrets are not as they should be"),
        "{failed:?}"
    );
    let resealed = service.secrets(Some("identity"), &RESEAL);
    assert_eq!(resealed.code, 0, "{resealed:?}");
    let verified = service.secrets(Some("other"), &["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[tokio::test]
async fn a_sealed_copy_is_removed_and_what_is_nowhere_else_is_told_before_detaching() {
    let service = Service::new().await;
    let public = service.keygen("identity");
    assert_eq!(service.add("collector", &public).code, 0);
    assert_eq!(service.secrets(None, &IMPORT).code, 0);
    service
        .database
        .psql("update public.hopsworks_clusters set api_key = ''");
    let to = service.file("kept");
    let environment = service.database.environment();
    let told = run(&environment, &["detach", "--dry-run", "--to", &to]);
    let line = "1 secrets of clusters are nowhere but in sealed copies";
    assert!(told.stderr.contains(line), "{told:?}");

    let id = service
        .database
        .psql("select id::text from public.hopsworks_clusters");
    let on = |what, kind| service.secrets(None, &[what, &id, kind, "--reason", "a test"]);
    let nothing = on("restore", "api_key");
    assert_eq!(nothing.code, 1, "nobody replaced it: {nothing:?}");
    let removed = on("remove", "kubeconfig");
    assert_eq!(removed.code, 0, "{removed:?}");
    assert_eq!(on("remove", "kubeconfig").code, 1, "once");
    let verified = service.secrets(Some("identity"), &["verify"]);
    let line = "eu\tkubeconfig\tplain in the database";
    assert!(verified.stdout.contains(line), "{verified:?}");
    let odd = on("remove", "password");
    assert_eq!(odd.code, 2, "there is no such kind: {odd:?}");
}

const IN_PLACE: [&str; 4] = ["import", "--in-place", "--reason", "taken over"];

#[tokio::test]
async fn the_plain_ones_give_way_only_when_asked_and_when_the_copy_opens() {
    let service = Service::new().await;
    let public = service.keygen("identity");
    assert_eq!(service.add("collector", &public).code, 0);
    let own = "select api_key || ' ' || kubeconfig from public.hopsworks_clusters";
    let plain = "canary-key canary-config";

    let keyless = service.secrets(None, &IN_PLACE);
    assert_eq!(keyless.code, 2, "nothing would prove it: {keyless:?}");
    assert!(keyless.stderr.contains("HOPSDESK_IDENTITY"), "{keyless:?}");
    let dry = service.secrets(Some("identity"), &IN_PLACE);
    assert_eq!(dry.code, 0, "{dry:?}");
    let line =
        "eu\tapi_key\twould be sealed in hopsworks_clusters.api_key, in place of the plain one";
    assert!(dry.stdout.contains(line), "{dry:?}");
    assert!(
        dry.stderr.contains("Nothing was changed. Add --yes"),
        "{dry:?}"
    );
    assert_eq!(service.database.psql(own), plain);
    let copies = "select count(*) from console.cluster_secrets";
    assert_eq!(service.database.psql(copies), "0", "not even a copy");
    service.keygen("other");
    let strange = service.secrets(Some("other"), &[&IN_PLACE[..], &["--yes"]].concat());
    assert_eq!(strange.code, 1, "{strange:?}");
    assert!(
        strange.stdout.contains("no identity here opens it"),
        "{strange:?}"
    );
    assert_eq!(service.database.psql(own), plain);
    let alone = service.secrets(None, &["import", "--yes", "--reason", "a slip"]);
    assert_eq!(alone.code, 2, "--yes is for --in-place alone: {alone:?}");

    let done = service.secrets(Some("identity"), &[&IN_PLACE[..], &["--yes"]].concat());
    assert_eq!(done.code, 0, "{done:?}");
    let line = "eu\tkubeconfig\tsealed in hopsworks_clusters.kubeconfig now";
    assert!(done.stdout.contains(line), "{done:?}");
    let there = service.database.psql(own);
    assert!(!there.contains("canary"), "{there}");
    assert_eq!(there.matches("BEGIN AGE ENCRYPTED FILE").count(), 2);
    let verified = service.secrets(Some("identity"), &["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(
        verified.stdout.contains("in the service's table, too"),
        "{verified:?}"
    );
    let again = service.secrets(Some("identity"), &[&IN_PLACE[..], &["--yes"]].concat());
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again
            .stdout
            .contains("sealed in the service's table before"),
        "{again:?}"
    );
    assert_eq!(service.database.psql(own), there, "once");

    let back = ["put-back", "--reason", "giving it up"];
    let dry = service.secrets(Some("identity"), &back);
    assert_eq!(
        (dry.code, service.database.psql(own)),
        (0, there),
        "{dry:?}"
    );
    let done = service.secrets(Some("identity"), &[&back[..], &["--yes"]].concat());
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(service.database.psql(own), plain);
    let nothing = service.secrets(Some("identity"), &[&back[..], &["--yes"]].concat());
    assert!(
        format!("{nothing:?}").contains("there is nothing to put back"),
        "{nothing:?}"
    );
}
