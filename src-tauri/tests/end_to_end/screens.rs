//! The console's screens: where each is, and how one sees that it is filled.
#![allow(
    dead_code,
    clippy::expect_used,
    reason = "a screen that is not there is the end of a test, and nobody visits all of them"
)]

use serde_json::Value;

use super::driver::Window;

/// Nothing on the way and nothing failed.
const AT_REST: &str =
    "!document.querySelector('main .wait, main .coming, main [role=alert], .skeleton')
    && document.querySelector('[data-testid=data-age]')?.innerText.startsWith('updated')";

impl Window {
    /// Waits until the overview has its figures, its chart, and its clusters.
    pub(crate) async fn overview_is_filled(&self) {
        self.until(
            "the overview with everything in it",
            &format!(
                "document.querySelector('h1')?.innerText === 'Overview'
                 && document.querySelectorAll('.figures .value').length === 5
                 && document.querySelector('.stage svg path, .stage svg polyline, .stage svg rect')
                 && document.querySelectorAll('#clusters tbody tr').length > 1
                 && document.querySelectorAll('main ul .sentence').length > 1 && {AT_REST}"
            ),
        )
        .await;
    }

    /// Opens the list of users at an address, and waits until it is filled.
    pub(crate) async fn visit_users(&self, query: &str) {
        self.visit(&format!("#/users{query}")).await;
        self.users_are_filled().await;
    }

    /// Waits until the list of users has its rows.
    pub(crate) async fn users_are_filled(&self) {
        self.until(
            "the list of users",
            &format!(
                "document.querySelector('h1')?.innerText === 'Users'
                 && document.querySelector('table[aria-busy=false] tbody tr[data-row]')
                 && document.querySelector('h1 + [role=status]').innerText && {AT_REST}"
            ),
        )
        .await;
    }

    /// Opens somebody's page, and waits until all of its panels are filled.
    pub(crate) async fn visit_user(&self, id: &str) {
        let address = self
            .run("return encodeURIComponent(arguments[0])", vec![id.into()])
            .await;
        let address = address.as_str().expect("an address");
        self.visit(&format!("#/users/{address}")).await;
        self.user_is_filled().await;
    }

    /// Waits until all panels of somebody's page are filled.
    pub(crate) async fn user_is_filled(&self) {
        self.until(
            "a user's page with everything in it",
            &format!(
                "location.hash.startsWith('#/users/')
                 && document.querySelectorAll('main section.panel').length === 4
                 && document.querySelector('main section.panel dl dd')
                 && (document.querySelector('.stage svg') || document.querySelector('.chart table'))
                 && {AT_REST}"
            ),
        )
        .await;
    }

    /// Opens Settings, and waits until the workspaces are listed.
    pub(crate) async fn visit_settings(&self) {
        self.visit("#/settings").await;
        self.until(
            "the settings",
            "document.querySelector('h1')?.innerText === 'Settings'
             && document.querySelector('main section.panel li .words')
             && !document.querySelector('main .wait')",
        )
        .await;
    }

    /// The id behind the first row of a list of users.
    pub(crate) async fn first_user(&self, query: &str) -> String {
        self.visit_users(query).await;
        let query = serde_json::json!(format!("#/users{query}"));
        let id = self
            .until(
                "the first row of this list",
                &format!(
                    "location.hash === {query}
                     && document.querySelector('[aria-busy=false] tr[data-row=\"0\"] a')
                          ?.hash.replace('#/users/', '')"
                ),
            )
            .await;
        let decode = "return decodeURIComponent(arguments[0])";
        let id = self.run(decode, vec![id]).await;
        id.as_str().expect("an id").to_owned()
    }

    /// Whether anything lies beyond the right edge of the window.
    pub(crate) async fn overflow(&self) -> Value {
        self.ask(
            "[...document.querySelectorAll('html, body, main, main *')]
               .filter((each) => {
                 const scrolls = ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)
                   || each === document.scrollingElement;
                 return scrolls && each.scrollWidth > each.clientWidth;
               })
               .map((each) => each.tagName + '.' + each.className)",
        )
        .await
    }
}
