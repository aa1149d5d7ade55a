//! Weighs the console's window: how long until the first useful screen, and how much memory, against a blank
//! window built with it; and what two thousand navigations leave behind. Prints a table; judges nothing.
//!
//! `weigh [RUNS [NAVIGATIONS]]`, on a private display with `WebKitWebDriver`: `make bench` brings both.

#[path = "../tests/end_to_end/driver.rs"]
mod driver;
#[path = "../tests/end_to_end/screens.rs"]
mod screens;

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use serde_json::json;

use crate::driver::{Start, Window, open_folder};

/// Navigations before the memory is first looked at: caches fill, code is compiled.
const WARM_UP: usize = 200;
/// So long nobody is there: a page that many screens were left in begins anew meanwhile (`ui/src/state/rest.ts`).
const LEFT_ALONE: Duration = Duration::from_secs(330);
/// Navigations in one script: it must answer before the driver loses patience.
const AT_ONCE: usize = 5;

/// Goes around these addresses so many times, each time until the screen stands and two frames are painted.
const AROUND: &str = "const [addresses, from, count, done] = arguments
    const stands = () => document.querySelector('h1')?.innerText
      && !document.querySelector('main .wait, main .coming, .skeleton')
    const frames = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
    ;(async () => {
      for (let n = from; n < from + count; n += 1) {
        location.hash = addresses[n % addresses.length]
        const since = performance.now()
        do await frames()
        while (!stands() && performance.now() - since < 1000)
      }
      done(true)
    })()";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let runs: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let navigations: usize = arguments.next().map_or(Ok(2000), |text| text.parse())?;
    let beside = env::current_exe()?;
    let built = beside.ancestors().nth(2).ok_or("no folder of programs")?;
    let place = PathBuf::from(format!("/tmp/hopsdesk-weigh-{}", std::process::id()));
    open_folder(&place);
    let console = start(&built.join("hopsdesk"), &place, "console");
    let sandbox = start(&built.join("hopsdesk"), &place, "sandbox-only");
    let blank = start(&built.join("examples/blank"), &place, "blank");

    // The database runs, as one does that a person opens a console on.
    let (server, address) = Server::start(&built.join("hopsdesk-webhook"), &console.sandbox)?;

    // The first start warms the system's caches; it is not counted. From then on the console opens on the database
    // as on a service's, by its address and with the password from the keychain.
    add_service(&console, &address).await;
    weigh(&console, Screen::Console).await?;
    weigh(&sandbox, Screen::Console).await?;
    weigh(&blank, Screen::Blank).await?;
    let mut seen = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        seen.0.push(weigh(&console, Screen::Console).await?);
        seen.1.push(weigh(&blank, Screen::Blank).await?);
        seen.2.push(weigh(&sandbox, Screen::Console).await?);
    }
    let (console_took, console_bytes) = medians(&seen.0);
    let (blank_took, blank_bytes) = medians(&seen.1);
    let (sandbox_took, _) = medians(&seen.2);
    println!("| what | console | blank window | against it | bar |");
    println!("| --- | --- | --- | --- | --- |");
    for (what, took) in [("a service", console_took), ("the sandbox", sandbox_took)] {
        println!(
            "| start to the first useful screen of {what}, median of {runs} | {} ms | {} ms | {}× | ≤ 1.25× |",
            took.as_millis(),
            blank_took.as_millis(),
            hundredths(took.as_millis(), blank_took.as_millis()),
        );
    }
    println!(
        "| idle memory (PSS of all processes), median of {runs} | {} MB | {} MB | +{} MB | ≤ +60 MB |",
        console_bytes / 1_000_000,
        blank_bytes / 1_000_000,
        console_bytes.saturating_sub(blank_bytes) / 1_000_000,
    );
    let seen = travel(&console, navigations).await?;
    for (when, bytes) in [
        (format!("({} s)", seen.took.as_secs()), seen.after),
        ("and some minutes of rest".to_owned(), seen.left_alone),
    ] {
        let percent = (bytes * 1000 / seen.before.max(1)).saturating_sub(1000);
        println!(
            "| memory of its own after {navigations} navigations {when}, against after {WARM_UP} | {} MB | {} MB | +{}.{} % | ≤ 5 % |",
            bytes / 1_000_000,
            seen.before / 1_000_000,
            percent / 10,
            percent % 10,
        );
    }
    server.stop()?;
    fs::remove_dir_all(&place)?;
    Ok(())
}

/// A sandbox that is there before the console and after it.
struct Server(Child);

impl Server {
    /// Starts it; its address, too.
    fn start(program: &Path, folder: &Path) -> Result<(Self, String), Box<dyn Error>> {
        let mut child = Command::new(program)
            .args(["sandbox", "--keep"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // Its address, once it can be used.
        let mut address = String::new();
        let said = child.stdout.take().ok_or("no output")?;
        BufReader::new(said).read_line(&mut address)?;
        if address.is_empty() {
            return Err("the sandbox does not open".into());
        }
        Ok((Self(child), address.trim().to_owned()))
    }

    /// Asks it to end, which takes its server down.
    fn stop(mut self) -> Result<(), Box<dyn Error>> {
        let pid = self.0.id().to_string();
        Command::new("kill").arg(pid).status()?;
        self.0.wait()?;
        Ok(())
    }
}

fn start(binary: &Path, place: &Path, name: &str) -> Start {
    Start {
        binary: binary.to_owned(),
        home: place.join(name),
        sandbox: place.join("sandbox"),
        bus: None,
        environment: Vec::new(),
        evidence: place.join("evidence"),
    }
}

#[derive(Clone, Copy)]
enum Screen {
    Console,
    Blank,
}

/// The moment something begins.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever measures holds the stopwatch"
)]
fn stopwatch() -> Instant {
    Instant::now()
}

/// Adds a database to those a console knows, so that it opens on it from then on.
async fn add_service(start: &Start, address: &str) {
    let window = Window::open(start).await;
    window.overview_is_filled().await;
    window.visit_settings().await;
    window.fill("Name", "Service").await;
    window.fill("Connection string", address).await;
    window.click_words("Add database").await;
    let opened =
        "document.querySelector('[data-testid=workspace-name]')?.innerText.includes('Service')";
    window.until("the service", opened).await;
    window.overview_is_filled().await;
    window.close().await;
}

/// One start: how long until the screen stands, and the memory when nothing has happened for a while.
async fn weigh(start: &Start, screen: Screen) -> Result<(Duration, u64), Box<dyn Error>> {
    let since = stopwatch();
    let window = Window::open(start).await;
    match screen {
        Screen::Console => window.overview_is_filled().await,
        Screen::Blank => {
            window.shows("Blank").await;
        }
    }
    let took = since.elapsed();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let bytes = memory(window.program(), ALL)?;
    window.close().await;
    Ok((took, bytes))
}

/// Memory of its own, in bytes: after the first navigations, after all of them, and once the page was left alone for
/// so long that it begins anew; and how long the way took.
struct Travelled {
    before: u64,
    after: u64,
    left_alone: u64,
    took: Duration,
}

async fn travel(start: &Start, navigations: usize) -> Result<Travelled, Box<dyn Error>> {
    let window = Window::open(start).await;
    window.overview_is_filled().await;
    let owner = window.first_user("?role=owner&sort=month_cost").await;
    let user = window
        .run(
            "return encodeURIComponent(arguments[0])",
            vec![json!(owner)],
        )
        .await;
    let mut addresses = vec![json!(format!(
        "#/users/{}",
        user.as_str().unwrap_or_default()
    ))];
    addresses.extend(screens::SCREENS.iter().map(|screen| json!(screen.address)));
    let since = stopwatch();
    let mut before = 0;
    let mut gone = 0;
    while gone < navigations {
        let count = AT_ONCE.min(navigations - gone);
        window
            .run_later(AROUND, vec![json!(addresses), json!(gone), json!(count)])
            .await;
        gone += count;
        if before == 0 && gone >= WARM_UP.min(navigations / 2) {
            before = rested(&window).await?;
        }
    }
    let took = since.elapsed();
    let after = rested(&window).await?;
    // The driver ends with the page's process; the window stands at the Overview.
    tokio::time::sleep(LEFT_ALONE).await;
    let left_alone = least_of_a_minute(&window).await?;
    window.close().await;
    Ok(Travelled {
        before,
        after,
        left_alone,
        took,
    })
}

/// The memory of its own on the same screen without anything to do.
async fn rested(window: &Window) -> Result<u64, Box<dyn Error>> {
    window.visit("#/overview").await;
    window.overview_is_filled().await;
    least_of_a_minute(window).await
}

/// The engine collects its garbage when it likes.
async fn least_of_a_minute(window: &Window) -> Result<u64, Box<dyn Error>> {
    let mut least = u64::MAX;
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        least = least.min(memory(window.program(), OWN)?);
    }
    Ok(least)
}

/// Everything, a page that several processes share by equal parts.
const ALL: &[&str] = &["Pss:"];

/// What nobody else has: it does not change with what other programs run.
const OWN: &[&str] = &["Pss_Anon:", "Pss_Shmem:"];

/// Proportional set size of a program and of all processes below it, in bytes. The sandbox's server is not
/// among them: it is a program of its own, started apart.
fn memory(program: u32, kinds: &[&str]) -> Result<u64, Box<dyn Error>> {
    let mut all = vec![program];
    let mut kilobytes = 0;
    while let Some(pid) = all.pop() {
        let name = fs::read_to_string(format!("/proc/{pid}/comm"))?;
        if name.trim() == "postgres" || name.trim() == "pg_ctl" {
            continue;
        }
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        for kind in kinds {
            let size = rollup.lines().find_map(|line| line.strip_prefix(kind));
            let size = size.and_then(|text| text.trim().strip_suffix("kB"));
            kilobytes += size.ok_or(*kind)?.trim().parse::<u64>()?;
        }
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let children = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
            all.extend(
                children
                    .split_whitespace()
                    .filter_map(|pid| pid.parse::<u32>().ok()),
            );
        }
    }
    Ok(kilobytes * 1024)
}

fn medians(seen: &[(Duration, u64)]) -> (Duration, u64) {
    let mut times: Vec<_> = seen.iter().map(|(took, _)| *took).collect();
    let mut sizes: Vec<_> = seen.iter().map(|(_, bytes)| *bytes).collect();
    times.sort_unstable();
    sizes.sort_unstable();
    let at = seen.len() / 2;
    (
        times.get(at).copied().unwrap_or_default(),
        sizes.get(at).copied().unwrap_or_default(),
    )
}

/// `1.25`, cut.
fn hundredths(part: u128, of: u128) -> String {
    let ratio = part * 100 / of.max(1);
    format!("{}.{:02}", ratio / 100, ratio % 100)
}
