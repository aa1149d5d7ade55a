//! Walks through the console's screens on a display of its own, and saves what they look like.
//!
//! `tour DIR` saves all of them; `tour --docs DIR` the three that the README shows. Fails when a screen
//! is not filled. The console is the one built beside this program.

#[path = "../tests/end_to_end/driver.rs"]
mod driver;
#[path = "../tests/end_to_end/screens.rs"]
mod screens;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::driver::{Start, Theme, Window, open_folder};

const SIZES: [(u32, u32); 2] = [(1280, 800), (1920, 1080)];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (folder, docs) = match arguments.as_slice() {
        [folder] if !folder.starts_with('-') => (Path::new(folder), false),
        [option, folder] if option == "--docs" => (Path::new(folder), true),
        _ => return Err("usage: tour DIR | tour --docs DIR".into()),
    };
    fs::create_dir_all(folder)?;
    let beside = env::current_exe()?;
    let built = beside.ancestors().nth(2).ok_or("no folder of programs")?;
    let place = PathBuf::from(format!("/tmp/hopsdesk-tour-{}", std::process::id()));
    open_folder(&place);
    let window = Window::open(&Start {
        binary: built.join("hopsdesk"),
        home: place.join("home"),
        sandbox: place.join("sandbox"),
        bus: None,
        environment: Vec::new(),
        evidence: folder.to_owned(),
    })
    .await;
    let tour = Tour { window, folder };
    if docs {
        tour.for_docs().await?;
    } else {
        tour.everything().await?;
    }
    tour.window.close().await;
    fs::remove_dir_all(&place)?;
    Ok(())
}

struct Tour<'a> {
    window: Window,
    folder: &'a Path,
}

impl Tour<'_> {
    async fn everything(&self) -> Result<(), Box<dyn Error>> {
        let window = &self.window;
        window.overview_is_filled().await;
        let troubled = window.first_user("?status=suspended&role=member").await;
        let owner = window
            .first_user("?plan=prepaid&role=owner&sort=month_cost")
            .await;
        // Something on record, for the trail and the notes to show.
        window.visit_user(&owner).await;
        window.begin_note().await;
        window
            .fill("Note", "Prefers to be called.\nNot before ten.")
            .await;
        window.fill("Reason", "said on the phone today").await;
        window.send_dialog().await;
        for (width, height) in SIZES {
            window.resize(width, height).await;
            for theme in [Theme::Light, Theme::Dark] {
                window.choose_theme(theme).await;
                let name = |screen: &str| format!("{screen}-{}-{width}x{height}", theme.word());

                for screen in screens::SCREENS {
                    window.visit_screen(screen).await;
                    self.save(&name(screen.name)).await?;
                    let rows = "!!document.querySelector('tr[data-row]')";
                    if screen.opens && window.ask(rows).await == true {
                        window.open_first_row().await;
                        self.save(&name(&format!("{}-page", screen.name))).await?;
                    }
                }
                window.visit_user(&owner).await;
                self.save(&name("user-owner")).await?;
                self.acting(&name).await?;
                if (width, height) != SIZES[0] {
                    continue;
                }
                window.visit_user(&owner).await;
                window.click("[aria-label='Show as table']").await;
                window.user_is_filled().await;
                self.save(&name("user-owner-chart-as-table")).await?;
                window.visit_users("?status=suspended,deleted").await;
                self.save(&name("users-filtered")).await?;
                window.visit_user(&troubled).await;
                window.find("[data-testid=standing]").await;
                self.save(&name("user-in-trouble")).await?;
            }
        }
        Ok(())
    }

    /// Badge, menu and dialogs of actions, on one and on many; and a page that is not there.
    async fn acting(&self, name: &dyn Fn(&str) -> String) -> Result<(), Box<dyn Error>> {
        let window = &self.window;
        window.click("[data-testid=staff]").await;
        window.find("[popover]:popover-open .sheet").await;
        self.save(&name("badge")).await?;
        window.press(&["Escape"]).await;
        window.click("[data-testid=actions]").await;
        window.find("[role=menuitem]").await;
        self.save(&name("actions")).await?;
        window.press(&["Escape"]).await;
        window.begin_action("Suspend").await;
        self.save(&name("dialog-suspend")).await?;
        window.press(&["Escape"]).await;
        window
            .run(
                "document.querySelector('#notes').scrollIntoView()",
                Vec::new(),
            )
            .await;
        self.save(&name("user-notes")).await?;
        window.click_words("As the customer sees it").await;
        window.see_as_customer("a tour of the screens").await;
        self.save(&name("as-customer")).await?;
        window.visit_users("?status=active").await;
        window
            .click("tr[data-row=\"0\"] input[type=checkbox]")
            .await;
        window
            .click("tr[data-row=\"4\"] input[type=checkbox]")
            .await;
        window.click("[data-testid=bulk]").await;
        window.find("[role=menuitem]").await;
        window.press(&["Enter"]).await;
        window.shows("ready").await;
        self.save(&name("dialog-many")).await?;
        window.press(&["Escape"]).await;
        window.visit("#/users/nobody").await;
        window.shows("This database has no user").await;
        self.save(&name("user-gone")).await?;
        window.press(&["?"]).await;
        window.find("dialog[open]").await;
        self.save(&name("help")).await?;
        window.press(&["Escape"]).await;
        Ok(())
    }

    async fn for_docs(&self) -> Result<(), Box<dyn Error>> {
        let window = &self.window;
        window.resize(1280, 800).await;
        window.choose_theme(Theme::Light).await;
        window.overview_is_filled().await;
        self.save("overview-light").await?;
        let owner = window
            .first_user("?plan=prepaid&role=owner&sort=month_cost")
            .await;
        window.visit_user(&owner).await;
        self.save("user-light").await?;
        window.choose_theme(Theme::Dark).await;
        window.visit_users("").await;
        self.save("users-dark").await
    }

    async fn save(&self, name: &str) -> Result<(), Box<dyn Error>> {
        let path = self.folder.join(format!("{name}.png"));
        fs::write(&path, self.window.picture().await)?;
        println!("{}", path.display());
        Ok(())
    }
}
