//! The private server: first start, later starts, crashes, several programs at once, the end.

use std::path::Path;

use hopsdesk::sandbox::failure::SandboxError;
use hopsdesk::sandbox::postgres::find::Search;
use hopsdesk::sandbox::{Progress, Sandbox, SandboxOptions, Step};
use time::Duration;

use crate::{Chance, NOW, connect, count, folder, open, options};

fn nowhere() -> Search {
    Search {
        named: None,
        path: None,
        usual: Vec::new(),
    }
}

/// The server's process, from the file it keeps itself.
fn postmaster(sandbox: &Sandbox) -> i32 {
    let file = sandbox.folder().join("server/data/postmaster.pid");
    let text = std::fs::read_to_string(file).expect("a pid file");
    text.lines()
        .next()
        .and_then(|line| line.parse().ok())
        .expect("a process id")
}

/// A process that has ended but that nobody has asked about (containers have no init) does not count.
fn is_alive(process: i32) -> bool {
    let alive = nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), None).is_ok();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    alive
        && !status
            .lines()
            .any(|line| line.starts_with("State:") && line.contains('Z'))
}

/// Whether the process ends: the server removes its pid file a moment before it is gone.
async fn ends(process: i32) -> bool {
    let gone = async {
        while is_alive(process) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let minute = std::time::Duration::from_secs(60);
    tokio::time::timeout(minute, gone).await.is_ok()
}

#[tokio::test]
async fn the_first_start_makes_it_and_a_later_one_finds_it() {
    let folder = folder();
    let kept = SandboxOptions {
        keep: true,
        ..options(&folder, 40, 30)
    };
    let mut steps: Vec<Progress> = Vec::new();
    let sandbox = Sandbox::open(kept.clone(), &Chance, |step| steps.push(step))
        .await
        .expect("opens");
    assert!(
        steps.iter().any(|progress| progress.step == Step::Samples),
        "samples are loaded"
    );
    assert!(
        steps.is_sorted_by_key(|progress| progress.percent),
        "progress never goes back: {steps:?}"
    );
    assert_eq!(steps.last().map(|progress| progress.percent), Some(100));
    assert_eq!(
        count(
            &mut connect(&sandbox).await,
            "select count(*) from public.users"
        )
        .await,
        40
    );
    let process = postmaster(&sandbox);
    let port = sandbox.address().port;
    sandbox.stop().await.expect("stops");
    assert!(ends(process).await, "the last one out stops the server");

    let mut again: Vec<Progress> = Vec::new();
    let options = SandboxOptions {
        keep: false,
        // Where the programs are was noted.
        search: nowhere(),
        ..kept
    };
    let sandbox = Sandbox::open(options, &Chance, |step| again.push(step))
        .await
        .expect("opens again");
    assert!(
        again.iter().all(|progress| progress.step != Step::Samples),
        "samples of today are kept"
    );
    assert_eq!(
        sandbox.address().port,
        port,
        "the port stays the same while it is free"
    );
    let place = sandbox.folder().to_owned();
    sandbox.stop().await.expect("stops again");
    assert!(
        !place.exists(),
        "a sandbox that is not to be kept leaves nothing behind"
    );
}

#[tokio::test]
async fn after_a_crash_of_the_server_it_opens_again_with_its_data() {
    let folder = folder();
    let sandbox = open(options(&folder, 20, 5)).await;
    let process = postmaster(&sandbox);
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(process),
        nix::sys::signal::Signal::SIGKILL,
    )
    .expect("it is ours to kill");
    let again = open(options(&folder, 20, 5)).await;
    assert_ne!(postmaster(&again), process);
    assert_eq!(
        count(
            &mut connect(&again).await,
            "select count(*) from public.users"
        )
        .await,
        20
    );
    drop(sandbox);
    again.stop().await.expect("stops");
}

#[tokio::test]
async fn programs_share_one_server_and_the_last_one_out_stops_it() {
    let folder = folder();
    // Both at once, as when a console and a receiver are started together.
    let (first, second) =
        tokio::join!(open(options(&folder, 12, 2)), open(options(&folder, 12, 2)));
    let process = postmaster(&first);
    assert_eq!(process, postmaster(&second), "there is one server");
    let wanted = options(&folder, 12, 2).folder;
    let joined = Sandbox::join(wanted.as_deref(), &Search::everywhere())
        .await
        .expect("the folder can be read")
        .expect("it runs");
    assert_eq!(joined.address(), first.address());
    assert_eq!(joined.password().expose(), first.password().expose());

    first.stop().await.expect("leaves");
    second.stop().await.expect("leaves");
    assert!(is_alive(process), "somebody still uses it");
    assert_eq!(
        count(
            &mut connect(&joined).await,
            "select count(*) from public.users"
        )
        .await,
        12
    );
    joined.stop().await.expect("stops");
    assert!(ends(process).await, "nobody uses it any more");
}

#[tokio::test]
async fn who_came_from_outside_stays_when_the_samples_are_renewed() {
    let folder = folder();
    let first = SandboxOptions {
        keep: true,
        ..options(&folder, 30, 10)
    };
    let sandbox = open(first.clone()).await;
    let mut owner = connect(&sandbox).await;
    owner
        .script(
            "insert into public.users (id, email, name, account_owner_id)
             select 'auth0|from-outside', 'ada@outside.example', 'Ada', id
             from public.users where account_owner_id is null and status = 'active' order by id limit 1;
             insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
             select 'auth0|from-outside', id from public.hopsworks_clusters where name = 'hops-us-east';
             update public.hopsworks_clusters set current_users = current_users + 1
             where name = 'hops-us-east';
             insert into public.usage_daily (user_id, date, cpu_hours, total_cost)
             values ('auth0|from-outside', date '2026-11-19', 1, 0.1);
             update public.users set name = 'Renamed' where id <> 'auth0|from-outside'",
        )
        .await
        .expect("somebody registers");
    owner.close().await.expect("closes");
    sandbox.stop().await.expect("stops");

    let tomorrow = SandboxOptions {
        keep: false,
        now: NOW + Duration::days(1),
        ..first
    };
    let sandbox = open(tomorrow).await;
    let mut owner = connect(&sandbox).await;
    let outside = "select count(*) from public.usage_daily
        where user_id = 'auth0|from-outside' and account_owner_id <> user_id";
    assert_eq!(
        count(&mut owner, outside).await,
        1,
        "everything of theirs stays"
    );
    let renamed = "select count(*) from public.users where name = 'Renamed'";
    assert_eq!(
        count(&mut owner, renamed).await,
        0,
        "a sample is put back as it was"
    );
    assert_eq!(
        count(&mut owner, "select count(*) from public.users").await,
        31
    );
    let newest = "select count(*) from public.usage_daily where date = date '2026-11-21'";
    assert!(
        count(&mut owner, newest).await > 0,
        "samples run up to the new day"
    );
    let drifted = "select count(*) from public.hopsworks_clusters as c
        where c.current_users <> (
          select count(*) from public.user_hopsworks_assignments as a where a.hopsworks_cluster_id = c.id
        )";
    assert_eq!(
        count(&mut owner, drifted).await,
        1,
        "seats from outside are counted"
    );
    sandbox.stop().await.expect("stops");
}

#[tokio::test]
async fn without_postgres_the_sentence_says_how_to_install_it() {
    let folder = folder();
    let options = SandboxOptions {
        search: nowhere(),
        ..options(&folder, 10, 0)
    };
    let error = Sandbox::open(options, &Chance, |_| {})
        .await
        .expect_err("there is no Postgres");
    let sentence = error.to_string();
    assert!(sentence.contains("PostgreSQL 15 or newer"), "{sentence}");
    assert!(sentence.contains("nstall"), "{sentence}");
}

#[tokio::test]
async fn a_folder_without_postgres_in_the_setting_is_named() {
    let folder = folder();
    let search = Search {
        named: Some(Path::new("/nonexistent").to_owned()),
        ..nowhere()
    };
    let options = SandboxOptions {
        search,
        ..options(&folder, 10, 0)
    };
    let error = Sandbox::open(options, &Chance, |_| {})
        .await
        .expect_err("there is none there");
    assert!(error.to_string().contains("/nonexistent"), "{error}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let options = SandboxOptions {
        port: Some(port),
        ..options(&folder, 10, 0)
    };
    let error = Sandbox::open(options, &Chance, |_| {})
        .await
        .expect_err("the port is taken");
    assert!(
        matches!(error, SandboxError::PortTaken(named) if named == port),
        "{error}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn passwords_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder();
    let sandbox = open(options(&folder, 5, 0)).await;
    for (path, mode) in [("logins", 0o600), ("server", 0o700), ("server/data", 0o700)] {
        let found = std::fs::metadata(sandbox.folder().join(path)).expect("it is there");
        assert_eq!(found.permissions().mode() & 0o777, mode, "{path}");
    }
    let handed_over = sandbox.folder().join("password");
    assert!(!handed_over.exists(), "it was there for initdb alone");
    sandbox.stop().await.expect("stops");
}

#[tokio::test]
async fn settings_come_with_the_command_line_and_no_file_of_the_servers_is_written() {
    let folder = folder();
    let sandbox = open(options(&folder, 5, 0)).await;
    let given = "select count(*) from pg_settings
        where source = 'command line' and (name, setting) in (
          ('listen_addresses', '127.0.0.1'), ('max_connections', '60'), ('fsync', 'on'),
          ('wal_level', 'minimal'), ('jit', 'off')
        )";
    assert_eq!(count(&mut connect(&sandbox).await, given).await, 5);
    sandbox.stop().await.expect("stops");
}

#[tokio::test]
async fn a_folder_with_other_things_in_it_is_left_alone() {
    let folder = folder();
    // What a careless --keep might name: the folder of some other server's data.
    let wanted = SandboxOptions {
        keep: true,
        ..options(&folder, 5, 0)
    };
    let place = wanted.folder.clone().expect("a folder");
    let precious = place.join("server/data/precious");
    std::fs::create_dir_all(precious.parent().expect("a parent")).expect("folders");
    std::fs::write(&precious, "years of work").expect("a file");
    open_up(folder.path());
    let error = Sandbox::open(wanted, &Chance, |_| {})
        .await
        .expect_err("it is no sandbox");
    assert!(matches!(error, SandboxError::NoSandbox(_)), "{error}");
    let kept = std::fs::read_to_string(&precious).expect("it is still there");
    assert_eq!(kept, "years of work");
    let beside = std::fs::read_dir(&place).expect("the folder").count();
    assert_eq!(beside, 1, "nothing is put beside it");
}

#[tokio::test]
async fn preparing_that_fails_leaves_nothing_behind() {
    let folder = folder();
    open_up(folder.path());
    let options = options(&folder, 5, 0);
    let place = options.folder.clone().expect("a folder");
    let logins = place.join("logins");
    // Once the server runs, it knows another password than we do.
    let mut spoilt = false;
    let error = Sandbox::open(options, &Chance, |progress| {
        if progress.step == Step::Schema && !spoilt {
            spoilt = true;
            spoil(&place, &logins);
        }
    })
    .await
    .expect_err("it cannot be prepared");
    assert!(spoilt, "the server ran: {error}");
    assert!(!place.exists(), "{error}");
    assert!(!some_process_names(&place), "{error}");
}

/// Takes away from the running server what preparing needs, as its superuser.
fn spoil(place: &Path, logins: &Path) {
    let text = std::fs::read_to_string(logins).expect("the passwords");
    let pid_file = std::fs::read_to_string(place.join("server/data/postmaster.pid"));
    let port = pid_file.expect("it runs").lines().nth(3).map(str::to_owned);
    let spoilt = std::process::Command::new("psql")
        .args(["-X", "-h", "127.0.0.1", "-U", "hopsdesk_admin", "-p"])
        .args([port.as_deref().expect("a port"), "-d", "postgres"])
        .args(["-c", "create schema console; create role hopsdesk_owner"])
        .env("PGPASSWORD", text.lines().next().expect("a password"))
        .output()
        .expect("psql runs");
    assert!(spoilt.status.success(), "{spoilt:?}");
}

/// Lets everybody pass through: as root the sandbox would be elsewhere else.
fn open_up(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("ours");
}

fn some_process_names(place: &Path) -> bool {
    let listed = std::process::Command::new("ps")
        .args(["-A", "-o", "args"])
        .output()
        .expect("ps runs");
    String::from_utf8_lossy(&listed.stdout).contains(&place.display().to_string())
}
