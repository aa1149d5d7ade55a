//! A workspace with a member of staff: enrolled, with a password in the keychain, at a tenant on loopback.

use std::sync::Arc;

use hopsdesk::domain::clock::Clock;
use hopsdesk::domain::enrolment::EnrolmentCode;
use hopsdesk::domain::random::Random;
use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::oauth::{Application, Oauth};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::sandbox::auth0::{CLIENT_ID, Person as Somebody, Serving, SimulatedAuth0};
use hopsdesk::secrets::{Secret, keychain, scram};
use hopsdesk::store::connect;
use hopsdesk::store::door::Store;
use hopsdesk::store::staff_list;
use hopsdesk::usecases::enrol::enrol;
use time::OffsetDateTime;

use super::driver::Window;
use super::world::{Person, database};
use crate::support::cluster::OWNER;
use crate::support::database::{Kind, TestDatabase};

pub(crate) const ADA: &str = "auth0|ada";
pub(crate) const EVE: &str = "auth0|eve";
pub(crate) const CODE: &str = "document.querySelector('[data-testid=user-code]')?.innerText";

/// Ada's workspace, on file, with her password in the keychain. Her sign-in is yet to come.
pub(crate) struct Staffed {
    pub(crate) database: TestDatabase,
    pub(crate) login: String,
    /// Of the workspace.
    pub(crate) id: String,
}

impl Staffed {
    /// Writes it down for a person; `domain` and `client` name the application at the tenant.
    pub(crate) async fn new(person: &Person, domain: &str, client: &str) -> Self {
        let database = database(Kind::Managed).await;
        let login = format!("ada_{}", database.name);
        let code = EnrolmentCode::parse(&added(&database, &login).await).expect("a code");
        let password = scram::password(&RealRandom);
        let verifier = scram::verifier(&password, &RealRandom);
        let given = Secret::new(code.expose().to_owned());
        let address = database.cluster.direct(&database.name, &login);
        let store = Store::new(connect::pool(&address, Some(&given), 1).expect("a pool"));
        let enrolled = enrol(&store, &code, &verifier, RealClock.now()).await;
        enrolled.expect("enrolled");
        store.close().await;
        let id = format!("of-{}", database.name);
        let kept = keychain::keep(&format!("{id}/database-password"), password).await;
        kept.expect("a keychain");
        let place = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
        let settings = format!(
            "open = \"{id}\"\n\n[[workspace]]\nid = \"{id}\"\nname = \"Staffed\"\nkind = \"staging\"\n\
             url = \"postgresql://{login}@{place}\"\nauth0_domain = \"{domain}\"\n\
             auth0_client_id = \"{client}\"\n"
        );
        let file = person.settings_file();
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, settings).expect("settings");
        Self {
            database,
            login,
            id,
        }
    }

    /// Puts a sign-in of Ada's at the stand-in into the keychain; its refresh token.
    pub(crate) async fn signed_in(&self, tenant: &SimulatedAuth0, serving: &Serving) -> String {
        let application = Application {
            tenant: Tenant::parse(&serving.domain()).expect("a tenant"),
            client_id: CLIENT_ID.to_owned(),
            audience: None,
        };
        crate::support::install_tls();
        let client = client(&application.tenant, Patience::default()).expect("a client");
        let flow = Oauth::new(application, client).device_code().await;
        let flow = flow.expect("a code");
        assert!(tenant.decide(&flow.code().user_code, Some(ADA)));
        let token = flow.wait().await.expect("signed in").refresh_token;
        let token = token.expect("a token");
        let kept = keychain::keep(&self.token_item(), token.clone()).await;
        kept.expect("a keychain");
        token.expose().clone()
    }

    /// The refresh token that the keychain holds now.
    pub(crate) async fn token(&self) -> Option<String> {
        let fetched = keychain::fetch(&self.token_item()).await;
        fetched
            .expect("a keychain")
            .map(|token| token.expose().clone())
    }

    fn token_item(&self) -> String {
        format!("{}/refresh-token", self.id)
    }

    /// Takes everything back.
    pub(crate) async fn end(self) {
        for kind in ["database-password", "refresh-token"] {
            let removed = keychain::remove(&format!("{}/{kind}", self.id)).await;
            removed.expect("a keychain");
        }
        let login = &self.login;
        self.database
            .psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
    }
}

pub(crate) struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "tokens are for the present")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

pub(crate) struct RealRandom;

impl Random for RealRandom {
    fn bits(&self) -> u128 {
        rand::random()
    }
}

pub(crate) async fn tenant() -> (SimulatedAuth0, Serving) {
    let somebody = |subject: &str, name: &str| Somebody {
        subject: subject.to_owned(),
        name: name.to_owned(),
        email: format!("{}@firm.example", name.to_lowercase()),
    };
    let people = vec![somebody(ADA, "Ada"), somebody(EVE, "Eve")];
    let tenant =
        SimulatedAuth0::new(people, Arc::new(RealClock), Arc::new(RealRandom)).expect("keys");
    tenant.behave(|manners| manners.interval = 1);
    let serving = tenant.serve(0).await.expect("a port");
    (tenant, serving)
}

/// Adds Ada to the staff; her one-time code.
pub(crate) async fn added(database: &TestDatabase, login: &str) -> String {
    added_as(database, login, ADA, "Ada").await
}

/// The same of somebody else.
pub(crate) async fn added_as(
    database: &TestDatabase,
    login: &str,
    subject: &str,
    name: &str,
) -> String {
    let address = database.cluster.direct(&database.name, OWNER);
    let owner = Store::new(connect::pool(&address, None, 1).expect("a pool"));
    let made = staff_list::add(&owner, login, subject, name, "admin")
        .await
        .expect("added");
    owner.close().await;
    database.psql(&format!("grant password_logins to \"{login}\""));
    made.code.expose().clone()
}

/// Asks for a code in the window, and confirms it as somebody; `None` declines.
pub(crate) async fn confirm(window: &Window, tenant: &SimulatedAuth0, subject: Option<&str>) {
    window.click_words("Use a code").await;
    let code = window.until("a code", &format!("{CODE} ?? null")).await;
    let code = code.as_str().expect("a code").to_owned();
    assert!(tenant.decide(&code, subject), "{code}");
}

/// The overview, as it is of a database that has nobody in it yet: read by Ada's login.
pub(crate) async fn overview_is_there(window: &Window) {
    window
        .until(
            "the overview of an empty database",
            "document.querySelector('h1')?.innerText === 'Overview'
             && document.querySelector('[data-testid=staff]')?.innerText.includes('Ada')
             && document.body.innerText.includes('Nothing needs attention')",
        )
        .await;
}

/// What the core answers to a question for data.
pub(crate) async fn asked_for_users(window: &Window) -> serde_json::Value {
    let ask = "const done = arguments[arguments.length - 1]
        window.__TAURI_INTERNALS__.invoke('who_is_there', {})
          .then((answer) => done({ answer }), (failure) => done({ failure }))";
    window.run_later(ask, vec![]).await
}
