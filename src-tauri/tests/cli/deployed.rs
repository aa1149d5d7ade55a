//! The image and the unit: what they say of themselves is so, and the program runs as they run it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::{SECRET, Serving, registration};
use crate::support::database::{Kind, TestDatabase};

/// What the image and the manifests run it as.
const NOBODY: &str = "65532";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The unit, but for where the program is.
fn unit(folder: &Path) -> PathBuf {
    let text = std::fs::read_to_string(root().join("deploy/systemd/hopsdesk-webhook.service"))
        .expect("the unit");
    let here = env!("CARGO_BIN_EXE_hopsdesk-webhook");
    let text = text.replace("/usr/local/bin/hopsdesk-webhook", here);
    assert!(text.contains(here));
    let file = folder.join("hopsdesk-webhook.service");
    std::fs::write(&file, text).expect("a file");
    file
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "there is no systemd")]
fn the_unit_is_understood_and_exposes_little() {
    let folder = tempfile::tempdir().expect("a folder");
    let unit = unit(folder.path());
    let analyze = |arguments: &[&str]| {
        let ran = Command::new("systemd-analyze")
            .args(arguments)
            .arg(&unit)
            .output();
        let ran = ran.expect("systemd-analyze: scripts/setup.sh test installs it");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned()
            + &String::from_utf8_lossy(&ran.stderr);
        (ran.status.success(), said)
    };
    let (verified, said) = analyze(&["verify", "--man=no"]);
    assert!(
        verified && !said.contains("hopsdesk-webhook.service:"),
        "{said}"
    );
    // In tenths: 1.2 of 10, most of it for the network, which it is there for.
    let (little, said) = analyze(&["security", "--offline=yes", "--no-pager", "--threshold=15"]);
    assert!(little, "{said}");
}

#[test]
fn every_secret_of_the_unit_is_a_credential() {
    let text = std::fs::read_to_string(root().join("deploy/systemd/hopsdesk-webhook.service"))
        .expect("the unit");
    // What is there for whoever needs it is commented out: a file that is missing keeps the unit from starting.
    let needed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("LoadCredential=")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(needed, ["DATABASE_URL", "AUTH0_WEBHOOK_SECRET"]);
    let text = text.replace("\n#", "\n");
    let mut files = 0;
    for line in text
        .lines()
        .filter_map(|line| line.strip_prefix("Environment="))
    {
        for (name, value) in line.split(' ').filter_map(|one| one.split_once('=')) {
            assert!(
                !name.ends_with("SECRET") && !name.ends_with("URL"),
                "{name} stands in the unit"
            );
            if let Some(secret) = name.strip_suffix("_FILE") {
                files += 1;
                assert_eq!(value, format!("%d/{secret}"));
                assert!(
                    text.contains(&format!("\nLoadCredential={secret}:")),
                    "{secret}"
                );
            }
        }
    }
    assert!(files >= 3);
}

#[test]
fn the_image_is_small_pinned_and_not_root() {
    let text = std::fs::read_to_string(root().join("deploy/Dockerfile")).expect("the file");
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let of = |word: &str| -> Vec<&str> {
        lines
            .iter()
            .filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
            .collect()
    };
    let stages = of("FROM");
    assert_eq!(stages.len(), 2, "one that builds, one that runs");
    for stage in &stages {
        let image = stage.split(' ').next().expect("an image");
        let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
        assert!(!tag.is_empty() && tag != "latest", "{image}: say which");
    }
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let rust = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .expect("a version")
        .trim_end_matches('"');
    assert!(
        stages[0].contains(&format!("rust:{rust}-")),
        "the compiler that the manifest asks for"
    );
    assert!(
        stages[1].contains("distroless") && stages[1].ends_with(":nonroot"),
        "no shell, no root"
    );
    assert_eq!(of("USER").last(), Some(&"nonroot"));
    assert!(
        of("ADD").is_empty(),
        "nothing is fetched or unpacked on the side"
    );
    for form in ["ENTRYPOINT", "CMD"] {
        assert!(
            of(form).len() == 1 && of(form)[0].starts_with('['),
            "{form} without a shell, which is not there"
        );
    }
    let last = lines
        .iter()
        .rposition(|line| line.starts_with("FROM"))
        .expect("a stage");
    assert!(
        lines[last..].iter().all(|line| !line.starts_with("RUN")),
        "nothing runs in what has no shell"
    );
    for source in of("COPY").iter().filter(|line| !line.starts_with("--from")) {
        let mut sources: Vec<&str> = source.split(' ').collect();
        sources.pop();
        for source in sources {
            assert!(root().join(source).exists(), "{source} is copied");
        }
    }
    assert!(
        !of("ENV")
            .iter()
            .chain(&of("ARG"))
            .any(|line| line.contains("SECRET") || line.contains("PASSWORD"))
    );
    assert!(
        of("RUN")
            .iter()
            .any(|line| line.contains("--locked") && line.contains("--no-default-features"))
    );
}

/// A command that runs the program as a user without a name or a right, on a file system that takes no writes.
fn confined(program: &Path) -> Command {
    let run = format!(
        "mount --bind / / && mount -o remount,ro,bind / && LC_ALL=C touch /root-is-writable 2>&1 | grep -q 'Read-only' && exec {} \"$0\" \"$@\"",
        if nix::unistd::geteuid().is_root() {
            format!(
                "setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs"
            )
        } else {
            // Root of a namespace of its own is nobody outside of it.
            "setpriv --bounding-set=-all --no-new-privs".to_owned()
        }
    );
    let mut command = Command::new("/usr/bin/unshare");
    if !nix::unistd::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command
        .args(["--mount", "/bin/sh", "-c", &run])
        .arg(program);
    command
}

/// Why this machine lets nobody have mounts of their own, as in a container without rights; nothing where it does.
fn barred() -> Option<String> {
    let mut command = Command::new("/usr/bin/unshare");
    if !nix::unistd::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let tried = command
        .args(["--mount", "/bin/sh", "-c", "mount --bind / /"])
        .output();
    match tried {
        Ok(tried) if tried.status.success() => None,
        Ok(tried) => Some(String::from_utf8_lossy(&tried.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(target_os = "linux"), ignore = "there are no namespaces")]
#[expect(clippy::print_stderr, reason = "whoever reads the run should know")]
async fn it_serves_as_nobody_on_a_read_only_file_system() {
    if let Some(why) = barred() {
        eprintln!("skipped: no mounts of its own may be had here: {why}");
        return;
    }
    let database = TestDatabase::new(Kind::Managed).await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("readable");
    let program = folder.path().join("hopsdesk-webhook");
    std::fs::copy(env!("CARGO_BIN_EXE_hopsdesk-webhook"), &program)
        .expect("a copy that anybody may run");
    let settings = vec![
        ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
        ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin".to_owned()),
    ];
    let mut serving = Serving::launched(confined(&program), &database, settings);
    let stored = serving
        .post(registration("confined"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(stored.status().as_u16(), 200);
    let ready = reqwest::get(format!("http://{}/readyz", serving.address))
        .await
        .expect("an answer");
    assert_eq!(ready.status().as_u16(), 200);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", serving.pid())).expect("its status");
    let line = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .expect("a line")
            .trim()
            .to_owned()
    };
    if nix::unistd::geteuid().is_root() {
        assert!(line("Uid:").split('\t').all(|id| id == NOBODY), "{status}");
    }
    assert_eq!(
        line("CapBnd:"),
        "0000000000000000",
        "nothing that it could be given"
    );
    serving.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(serving.wait().success());
}
