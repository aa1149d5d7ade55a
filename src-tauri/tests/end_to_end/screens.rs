//! The console's screens: where each is, and how one sees that it is filled.
#![allow(
    dead_code,
    clippy::expect_used,
    reason = "a screen that is not there is the end of a test, and nobody visits all of them"
)]

use serde_json::Value;

use super::driver::Window;

/// A screen that the sidebar leads to.
pub(crate) struct Screen {
    /// As pictures and findings call it.
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    /// What its title says.
    pub(crate) title: &'static str,
    /// Whether it is a list whose rows lead to pages of their own.
    pub(crate) opens: bool,
}

/// All of them, in the order of the sidebar: a new screen is one line here, and is then looked at by axe in
/// both themes, measured for what sticks out, opened on a service of nobody and on one of ten thousand, and
/// in the pictures of the tour.
pub(crate) const SCREENS: &[Screen] = &[
    Screen {
        name: "overview",
        address: "#/overview",
        title: "Overview",
        opens: false,
    },
    Screen {
        name: "users",
        address: "#/users",
        title: "Users",
        opens: true,
    },
    Screen {
        name: "teams",
        address: "#/teams",
        title: "Teams",
        opens: true,
    },
    Screen {
        name: "usage",
        address: "#/usage",
        title: "Usage",
        opens: false,
    },
    Screen {
        name: "credits",
        address: "#/credits",
        title: "Credits",
        opens: true,
    },
    Screen {
        name: "invoices",
        address: "#/invoices",
        title: "Invoices",
        opens: true,
    },
    Screen {
        name: "clusters",
        address: "#/clusters",
        title: "Clusters",
        opens: true,
    },
    Screen {
        name: "events",
        address: "#/events",
        title: "Events",
        opens: false,
    },
    Screen {
        name: "audit",
        address: "#/audit",
        title: "Audit",
        opens: true,
    },
    Screen {
        name: "schema",
        address: "#/schema",
        title: "Schema",
        opens: false,
    },
    Screen {
        name: "settings",
        address: "#/settings",
        title: "Settings",
        opens: false,
    },
];

/// Nothing on the way and nothing failed.
const AT_REST: &str =
    "!document.querySelector('main .wait, main .coming, main [role=alert], .skeleton')
    && document.querySelector('[data-testid=data-age]')?.innerText.startsWith('updated')";

/// Nothing on the way, nothing failed, nothing old; also where there is nothing.
const SETTLED: &str =
    "!document.querySelector('main .wait, main .coming, main [role=alert], .skeleton, table[aria-busy=true]')
    && document.querySelector('h1')?.innerText
    && !document.querySelector('[data-testid=data-age]')?.innerText.startsWith('stale')";

/// What an id looks like: of a person at Auth0, of anything at Stripe, a UUID, a hash, an invoice's number.
/// Each must have its button in the same row, line, fact or sentence; a title has it in its own line.
const IDS_WITHOUT_COPY: &str = r"
    const id = /(auth0|google-oauth2|github|windowslive)\|[\w-]+|\b(cus|sub|in|pi|ch|price|prod|evt|txn|re|pm)_\w{4,}|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b|\b(INV|HM|HD)\d*-[\w-]+/g
    const found = []
    for (const place of document.querySelectorAll('main, dialog[open]')) {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
      while (texts.nextNode()) {
        const { data, parentElement: holder } = texts.currentNode
        if (!holder.checkVisibility() || holder.closest('.spoken, pre, script, style')) continue
        for (const [text] of data.matchAll(id)) {
          const beside = holder.closest('tr, li, dd, p, .title') ?? holder
          const buttons = [...beside.querySelectorAll('button[data-copies]')]
          if (!buttons.some((button) => button.dataset.copies.includes(text))) {
            found.push(`${text} in ${beside.tagName.toLowerCase()}.${beside.className}`)
          }
        }
      }
    }
    return [...new Set(found)]";

impl Window {
    /// Opens the trail, and waits until both of its chains are found whole.
    pub(crate) async fn trail_is_whole(&self) {
        self.visit("#/audit").await;
        self.until(
            "both chains whole",
            "document.querySelector('h1')?.innerText === 'Audit'
               && [...document.querySelectorAll('main [role=status] p')].filter((line) => line.innerText.includes('whole.')).length === 2
               && document.querySelector('.verdicts[aria-busy=false]') && !document.querySelector('main [role=alert]')",
        )
        .await;
    }

    /// On the page that asks why one looks as a customer: says why, and waits for what they are given.
    pub(crate) async fn see_as_customer(&self, reason: &str) {
        self.fill("Reason", reason).await;
        self.click_words("Look").await;
        self.until(
            "what a customer sees",
            "[...document.querySelectorAll('main button')].some((button) => button.innerText.trim() === 'Look again')",
        )
        .await;
    }

    /// Opens a screen, and waits until nothing is on its way any more.
    pub(crate) async fn visit_screen(&self, screen: &Screen) {
        self.visit(screen.address).await;
        let title = serde_json::json!(screen.title);
        self.until(
            screen.name,
            &format!("document.querySelector('h1')?.innerText === {title} && {SETTLED}"),
        )
        .await;
    }

    /// Waits until the page at an address stands, with whatever it is that it shows.
    pub(crate) async fn page_stands(&self, address: &str) {
        let address = serde_json::json!(address);
        self.until(
            "the page",
            &format!("location.hash === {address} && document.querySelector('main section.panel dl dd') && {SETTLED}"),
        )
        .await;
    }

    /// Begins one of the actions that the page offers, and waits until its dialog shows what would change.
    pub(crate) async fn begin_action(&self, title: &str) {
        self.click("[data-testid=actions]").await;
        let item = format!(
            "[...document.querySelectorAll('[role=menuitem]')]
               .find((each) => each.innerText.trim() === {})",
            serde_json::json!(title)
        );
        self.until("what may be done", &format!("!!{item}")).await;
        self.run(&format!("{item}.click()"), Vec::new()).await;
        self.until(
            "the dialog of an action",
            "document.querySelector('dialog[open] section[aria-busy=false]')
               && !document.querySelector('dialog[open] .skeleton')",
        )
        .await;
    }

    /// Begins a note. What is below the fold is read as it is scrolled to, and moves what is meant to be clicked.
    pub(crate) async fn begin_note(&self) {
        while self.ask("!document.querySelector('dialog[open]')").await == true {
            self.at_rest().await;
            self.click_words("Add a note").await;
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
        self.find("dialog[open] textarea").await;
    }

    /// Sends the form of the dialog that is open, and waits until the dialog is gone.
    pub(crate) async fn send_dialog(&self) {
        // What has not been shown is not done.
        self.until(
            "what would change",
            "document.querySelector('dialog[open] section[aria-busy=false]')
               && !document.querySelector('dialog[open] .skeleton')",
        )
        .await;
        self.click("dialog[open] button[type=submit]").await;
        self.until(
            "that it is done",
            "!document.querySelector('dialog[open]')
               || document.querySelector('dialog[open] [role=status]')?.innerText",
        )
        .await;
        self.press_until(
            "Escape",
            "no dialog",
            "!document.querySelector('dialog[open]')",
        )
        .await;
    }

    /// Opens the first row of the list that is on screen, and waits until its page is filled.
    pub(crate) async fn open_first_row(&self) {
        self.click("tbody tr[data-row=\"0\"] a").await;
        self.until(
            "the page of a row",
            &format!("location.hash.split('/').length > 2 && {SETTLED}"),
        )
        .await;
    }

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
                 && document.querySelectorAll('main section.panel').length === 16
                 && document.querySelector('main section.panel dl dd')
                 && (document.querySelector('.stage svg') || document.querySelector('.chart table'))
                 && {AT_REST}"
            ),
        )
        .await;
    }

    /// Waits until the panels of Schema are filled.
    pub(crate) async fn schema_is_filled(&self) {
        self.until(
            "the schema with everything in it",
            &format!(
                "document.querySelector('h1')?.innerText === 'Schema'
                 && document.querySelectorAll('tr[data-table]').length > 3
                 && document.querySelectorAll('main section.panel').length === 5
                 && document.querySelector('#attach-plan') && {AT_REST}"
            ),
        )
        .await;
    }

    /// Brings each panel of the page into sight, one after the other, and waits until it is filled.
    pub(crate) async fn see_every_panel(&self) {
        let count = self
            .ask("document.querySelectorAll('main section.panel').length")
            .await
            .as_u64()
            .expect("a number");
        for panel in 0..count {
            let one = format!("document.querySelectorAll('main section.panel')[{panel}]");
            self.run(&format!("{one}.scrollIntoView()"), Vec::new())
                .await;
            self.until(
                "a panel that is seen",
                &format!(
                    "{one}.querySelector('.aside').innerText.trim()
                     && !{one}.querySelector('.skeleton, .wait, .later')"
                ),
            )
            .await;
        }
    }

    /// Presses a button again and again until an expression comes to something true.
    pub(crate) async fn press_until_shown(&self, css: &str, expression: &str) {
        let button = serde_json::json!(css);
        self.until(
            "what more there is",
            &format!("{expression} || (document.querySelector({button})?.click(), false)"),
        )
        .await;
    }

    /// Opens the list of clusters at an address, and waits until it is filled.
    pub(crate) async fn visit_clusters(&self, query: &str) {
        self.visit(&format!("#/clusters{query}")).await;
        let address = serde_json::json!(format!("#/clusters{query}"));
        self.until(
            "the list of clusters",
            &format!(
                "location.hash === {address} && document.querySelector('h1')?.innerText === 'Clusters'
                 && document.querySelector('table[aria-busy=false] tbody tr[data-row]') && {AT_REST}"
            ),
        )
        .await;
    }

    /// Waits until the panels of a cluster's page that are in sight are filled.
    pub(crate) async fn cluster_is_filled(&self) {
        self.until(
            "a cluster's page",
            &format!(
                "location.hash.startsWith('#/clusters/')
                 && document.querySelector('[data-testid=assigned]')
                 && document.querySelector('.stage svg')
                 && document.querySelector('.people tbody tr') && {AT_REST}"
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

    /// Ids that can be read on the page and have no button beside them that copies them.
    pub(crate) async fn ids_without_copy(&self) -> Value {
        self.run(IDS_WITHOUT_COPY, Vec::new()).await
    }

    /// Words that are cut to a letter or two, which nobody can read.
    pub(crate) async fn cut_to_nothing(&self) -> Value {
        self.ask(
            "[...document.querySelectorAll('main .ellipsis, dialog[open] .ellipsis')]
               .filter((each) => each.checkVisibility() && !each.closest('.spoken')
                 && each.clientWidth < 28 && each.scrollWidth > each.clientWidth + 1)
               .map((each) => `${each.innerText} at ${each.clientWidth} px (${each.className} in ${each.parentElement.className})`)",
        )
        .await
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
