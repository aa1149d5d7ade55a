//! The whole window by keyboard alone, from a fresh start: to every screen and page, to every control on it with
//! the focus in sight, through lists, menus and dialogs and back again.

use serde_json::json;

use super::driver::Window;
use super::world::Person;

/// Notes where the focus comes by, and whether one sees it there: something about the control, or about what it
/// stands in, looks otherwise than without the focus.
const WATCH: &str = "
    const look = (each) => {
      const { outline, boxShadow, borderColor, backgroundColor, opacity } = getComputedStyle(each)
      return [outline, boxShadow, borderColor, backgroundColor, opacity].join()
    }
    const around = (element) => {
      const cells = [...(element.closest('tr')?.cells ?? [])]
      const label = element.closest('label')
      return [element, element.parentElement, element.parentElement?.parentElement, label, ...cells]
        .filter(Boolean).map(look).join()
    }
    const name = (element) => element.tagName.toLowerCase() + ' ' +
      (element.getAttribute('aria-label') ?? element.innerText ?? element.title ?? '').trim().slice(0, 60)
    const walk = { seen: new Set(), unseen: [], rounds: 0, name }
    // A row shows the focus for all that is in it: it is held against itself once the focus has left it.
    let held = []
    document.addEventListener('focusin', ({ target }) => {
      held = held.filter(({ element, shown }) => {
        if ((element.closest('tr') ?? element).contains(target)) return true
        if (element.isConnected && shown === around(element)) walk.unseen.push(name(element))
        return false
      })
      walk.seen.add(target)
      if (target.matches('.skip')) walk.rounds += 1
      // Titles take the focus from a script, so that one goes on from there: they show none.
      if (target.tabIndex >= 0) held.push({ element: target, shown: around(target) })
    })
    window.walk = walk";

/// Every control that can be used, and that no Tab has come to.
const MISSED: &str = "[...document.querySelectorAll(
      'a[href], button:not(:disabled), input:not(:disabled), textarea, select, summary, [tabindex=\"0\"]')]
    .filter((each) => each.checkVisibility() && each.tabIndex >= 0 && !window.walk.seen.has(each))
    .filter((each) => each.type !== 'radio' || each.checked)
    .map(window.walk.name)";

const FOCUS: &str = "document.activeElement";

impl Window {
    /// Presses Tab until the focus has come round, and holds what it met against what there is.
    async fn tab_around(&self, screen: &str, found: &mut Vec<String>) {
        self.run(
            "window.walk.seen.clear(); window.walk.unseen.length = 0; window.walk.rounds = 0",
            Vec::new(),
        )
        .await;
        // Panels that come into sight on the way, and what is found meanwhile, bring controls of their own: another
        // round meets them.
        for _ in 0..60 {
            self.press(&["Tab"; 10]).await;
            let rounds = self.ask("window.walk.rounds").await.as_u64();
            if rounds >= Some(3) || (rounds >= Some(1) && self.ask(MISSED).await == json!([])) {
                break;
            }
        }
        let rounds = self.ask("window.walk.rounds").await;
        if rounds == json!(0) {
            found.push(format!("{screen}: the focus never comes round"));
        }
        let missed = self.ask(MISSED).await;
        if missed != json!([]) {
            found.push(format!("{screen}: Tab does not come to {missed}"));
        }
        let unseen = self.ask("[...new Set(window.walk.unseen)]").await;
        if unseen != json!([]) {
            found.push(format!("{screen}: one does not see the focus on {unseen}"));
        }
    }

    /// Letters are shortcuts only where they are not typed.
    async fn leave_the_field(&self) {
        let out = format!("!{FOCUS}.matches('input, textarea, select')");
        self.press_until("Tab", "the focus out of the field", &out)
            .await;
    }

    /// Presses Tab until the focus is on what an expression names.
    async fn tab_to(&self, what: &str, expression: &str) {
        self.press_until("Tab", what, &format!("{FOCUS} === ({expression})"))
            .await;
    }

    /// The same the other way round, which is shorter to what stands above.
    async fn tab_to_backwards(&self, what: &str, expression: &str) {
        self.press_until("Shift+Tab", what, &format!("{FOCUS} === ({expression})"))
            .await;
    }

    /// The dialog keeps the focus, Escape closes it, and the focus is back on what opened it.
    async fn dialog_holds(&self, opener: &str, found: &mut Vec<String>) {
        self.find("dialog[open]").await;
        for _ in 0..24 {
            self.press(&["Tab"]).await;
            let inside = format!("!!{FOCUS}.closest('dialog') || {FOCUS} === document.body");
            if self.ask(&inside).await != json!(true) {
                let at = self.ask(&format!("window.walk.name({FOCUS})")).await;
                found.push(format!(
                    "the dialog of {opener} lets the focus out, to {at}"
                ));
                break;
            }
        }
        self.press_until(
            "Escape",
            "no dialog",
            "!document.querySelector('dialog[open]')",
        )
        .await;
        self.back_on(opener, found).await;
    }

    async fn back_on(&self, opener: &str, found: &mut Vec<String>) {
        let on = format!("{FOCUS} === ({opener})");
        if self.ask(&on).await != json!(true) {
            let at = self.ask(&format!("window.walk.name({FOCUS})")).await;
            found.push(format!(
                "after Escape the focus is on {at}, not on {opener}"
            ));
        }
    }

    /// By its two letters, to a screen that is then filled.
    async fn go_by_keys(&self, letter: &str, title: &str) {
        self.press(&["g", letter]).await;
        self.until(
            title,
            &format!(
                "document.querySelector('h1')?.innerText === {}
                 && !document.querySelector('main .wait, main .coming, .skeleton, table[aria-busy=true]')",
                json!(title)
            ),
        )
        .await;
    }

    /// Into the list and through its first row, by keys.
    async fn open_by_keys(&self) {
        self.until("a row", "document.querySelector('main tr[data-row]')")
            .await;
        self.press(&["j"]).await;
        self.until(
            "the focus on a row",
            &format!("{FOCUS}.closest('tr[data-row]')"),
        )
        .await;
        self.press(&["Enter"]).await;
        self.until(
            "the page of the row",
            "location.hash.split('/').length > 2
             && !document.querySelector('main .wait, main .coming, .skeleton')
             && document.querySelector('main section.panel dl dd')",
        )
        .await;
    }
}

#[tokio::test]
async fn every_screen_and_every_control_is_reached_by_keyboard_alone() {
    let person = Person::new("typing").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    window.run(WATCH, Vec::new()).await;
    let mut found = Vec::new();
    for (letter, title, page) in [
        ("o", "Overview", None),
        ("u", "Users", Some("a user's page")),
        ("t", "Teams", Some("a team")),
        ("a", "Usage", None),
        ("c", "Credits", Some("a ledger")),
        ("i", "Invoices", Some("an invoice")),
        ("k", "Clusters", Some("a cluster")),
        ("e", "Events", None),
        ("l", "Audit", None),
        ("m", "Schema", None),
        ("s", "Settings", None),
    ] {
        window.go_by_keys(letter, title).await;
        window.tab_around(title, &mut found).await;
        window.leave_the_field().await;
        if let Some(page) = page {
            window.go_by_keys(letter, title).await;
            window.open_by_keys().await;
            window.tab_around(page, &mut found).await;
            window.leave_the_field().await;
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    window.close().await;
}

#[tokio::test]
async fn lists_menus_and_dialogs_are_used_by_keyboard_and_give_the_focus_back() {
    let person = Person::new("typing-on").await;
    let window = person.at_work().await;
    window.run(WATCH, Vec::new()).await;
    let mut found = Vec::new();

    window.go_by_keys("u", "Users").await;
    window
        .until(
            "rows",
            "document.querySelectorAll('tr[data-row]').length > 5",
        )
        .await;
    window.press(&["j", "j", "j", "k"]).await;
    window
        .until(
            "the second row",
            &format!("{FOCUS}.closest('tr')?.dataset.row === '1'"),
        )
        .await;
    window.press(&["Space", "ArrowDown", "Space"]).await;
    window.shows("2 selected").await;
    let bulk = "document.querySelector('[data-testid=bulk]')";
    window.tab_to_backwards("the actions for many", bulk).await;
    window.press(&["Enter"]).await;
    window
        .until("the menu", &format!("{FOCUS}.role === 'menuitem'"))
        .await;
    window.press(&["Escape"]).await;
    window.back_on(bulk, &mut found).await;
    window.press(&["Enter"]).await;
    window
        .until("the menu", &format!("{FOCUS}.role === 'menuitem'"))
        .await;
    window.press(&["Enter"]).await;
    window.dialog_holds(bulk, &mut found).await;

    let staff = "document.querySelector('[data-testid=staff]')";
    window.tab_to_backwards("the badge", staff).await;
    window.press(&["Enter"]).await;
    window.find("[popover]:popover-open .sheet").await;
    window.press(&["Escape"]).await;
    window.back_on(staff, &mut found).await;

    window.press(&["?"]).await;
    window.dialog_holds(staff, &mut found).await;

    window.go_by_keys("u", "Users").await;
    window.open_by_keys().await;
    let actions = "document.querySelector('[data-testid=actions]')";
    window.tab_to("the actions", actions).await;
    window.press(&["Enter"]).await;
    window
        .until(
            "the first action",
            &format!("{FOCUS}.role === 'menuitem' && {FOCUS}.innerText"),
        )
        .await;
    window
        .press_until(
            "ArrowDown",
            "an action that is offered",
            &format!("{FOCUS}.role === 'menuitem' && !{FOCUS}.ariaDisabled"),
        )
        .await;
    window.press(&["Enter"]).await;
    window.dialog_holds(actions, &mut found).await;
    let note = "[...document.querySelectorAll('main button')]
        .find((each) => each.innerText.trim() === 'Add a note')";
    window.tab_to("the button for a note", note).await;
    window.press(&["Enter"]).await;
    window.dialog_holds(note, &mut found).await;

    // What is copied is said, politely, where a reader hears it.
    let copy = "document.querySelector('[aria-label=\"Copy Auth0 id\"]')";
    window
        .tab_to_backwards("the button that copies", copy)
        .await;
    window.press(&["Enter"]).await;
    window
        .until(
            "that it was copied, or why not",
            &format!("{copy}.nextElementSibling.matches('[role=status]') && {copy}.nextElementSibling.innerText.trim()"),
        )
        .await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    window.close().await;
}
