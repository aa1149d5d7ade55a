//! Schemathesis makes requests from what `/openapi.json` says, right ones and wrong ones, and holds every answer against
//! it: nothing is a 5xx, every status is one that is described, and every body is of its schema.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::customers::Stand;
use super::running::{SECRET, WHSEC};
use crate::support::database::Kind;

/// How long it may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// As `scripts/setup.sh test` installs it, or wherever `HOPSDESK_SCHEMATHESIS` says.
fn schemathesis() -> PathBuf {
    let installed =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/schemathesis/bin/schemathesis");
    let path = std::env::var_os("HOPSDESK_SCHEMATHESIS").map_or(installed, PathBuf::from);
    assert!(
        path.exists(),
        "{} is missing: scripts/setup.sh test installs it",
        path.display()
    );
    path
}

/// Signs what is posted to Stripe's webhook, whatever it is, once the request is whole: as Stripe does.
const SIGNING: &str = r#"
import hashlib, hmac, os, time
import schemathesis
from requests.auth import AuthBase

class Signed(AuthBase):
    def __call__(self, request):
        body = request.body or b""
        body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        at = str(int(time.time())).encode()
        signature = hmac.new(os.environ["WHSEC"].encode(), at + b"." + body, hashlib.sha256).hexdigest()
        request.headers["Stripe-Signature"] = f"t={at.decode()},v1={signature}"
        return request

schemathesis.auth.set_from_requests(Signed()).apply_to(path="/api/webhooks/stripe")
"#;

/// Runs it against a receiver, with headers that let its requests in. Requests without them it makes by itself.
async fn conforms(stand: &Stand, headers: &[String]) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = Command::new(schemathesis());
    let hooks = folder.path().join("signing.py");
    std::fs::write(&hooks, SIGNING).expect("a file");
    run.current_dir(folder.path())
        .env("SCHEMATHESIS_HOOKS", "signing")
        .env("PYTHONPATH", folder.path())
        .env("WHSEC", WHSEC)
        .args(["run", &stand.receiver.url("/openapi.json")])
        // Lone surrogates and NUL are among what it writes into texts.
        .args(["--generation-allow-x00", "true", "--mode", "all"])
        .args(["--phases", "examples,coverage,fuzzing"])
        // A number of requests and no time: it would go on until that is spent.
        .args(["--max-examples", "100", "--seed", "20261127"])
        .args(["--generation-database", "none", "--no-shrink", "--no-color", "--warnings", "off"])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"]);
    for header in headers {
        run.args(["-H", header]);
    }
    let output = run.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(PATIENCE, output)
        .await
        .expect("it comes to an end")
        .expect("schemathesis runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("Tested: 6"),
        "everything that is described was asked for: {said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_let_in_is_answered_as_described() {
    let stand = Stand::new(Kind::Managed).await;
    let user = "auth0|schema";
    stand.database.psql(&format!(
        "insert into public.users (id, email) values ('{user}', 'schema@example.com')"
    ));
    let token = stand.token(user);
    let usage = stand.get("/api/usage", &token).await;
    assert_eq!(usage.status, 200, "they are let in");
    let headers = [
        format!("Authorization: Bearer {token}"),
        format!("X-Auth0-Secret: {SECRET}"),
    ];
    conforms(&stand, &headers).await;
    let stored = |provider: &str| -> u32 {
        let count = format!("select count(*) from console.inbox where provider = '{provider}'");
        stand.database.psql(&count).parse().expect("a number")
    };
    assert!(
        stored("stripe") > 20,
        "what was signed was let in: {}",
        stored("stripe")
    );
    assert!(stored("auth0") > 0, "and what came with the secret");
}
