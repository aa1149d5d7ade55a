//! Settings, commands and options: what the runbook, `deploy/` and the help name is what there is, and the reverse.

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory as _;
use hopsdesk::cli::Cli;

/// Read, and nobody's business but that of tests: a stand-in for Stripe.
const UNTOLD: &[&str] = &["STRIPE_API_BASE"];

/// Of a machine with a sandbox on it; the runbook is about `serve`.
const OF_THE_SANDBOX: &[&str] = &["HOPSDESK_SANDBOX"];

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder, or the file.
fn texts(path: &str) -> String {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if whole.is_file() {
        return text(path);
    }
    let mut texts = String::new();
    for entry in std::fs::read_dir(whole).expect("a folder") {
        let name = entry.expect("a file").file_name();
        texts.push_str(&self::texts(&format!("{path}/{}", name.display())));
        texts.push('\n');
    }
    texts
}

/// Names of settings in a text, those of files without their ending.
fn named(text: &str) -> BTreeSet<String> {
    let families = [
        "AUTH0_",
        "DATABASE_",
        "HOPSDESK_",
        "STRIPE_",
        "SUPABASE_",
        "RUST_LOG",
    ];
    text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .filter(|word| {
            families.iter().any(|family| {
                word.starts_with(family)
                    && word.len() > family.len() - usize::from(*family == "RUST_LOG")
            })
        })
        .map(|word| match word.strip_suffix("_FILE") {
            Some(secret) if !word.ends_with("_CA_FILE") => secret.to_owned(),
            _ => word.to_owned(),
        })
        .collect()
}

/// What the program reads: every name that stands in quotes, alone, in what is not a test.
fn read() -> BTreeSet<String> {
    let sources: String = [
        "src-tauri/cli",
        "src-tauri/config",
        "src-tauri/secrets",
        "src-tauri/bin/hopsdesk_webhook.rs",
    ]
    .into_iter()
    .map(texts)
    .collect();
    let quoted: Vec<&str> = sources.split('"').collect();
    let mut read: BTreeSet<String> = quoted
        .iter()
        .filter(|text| {
            named(text).len() == 1
                && text
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .flat_map(|text| named(text))
        .collect();
    for untold in UNTOLD {
        assert!(read.remove(*untold), "{untold} is not read any more");
    }
    read
}

fn help() -> String {
    Cli::command().render_long_help().to_string()
}

#[test]
fn the_help_names_every_setting_and_no_other() {
    assert_eq!(named(&help()), read());
}

#[test]
fn the_runbook_names_every_setting_and_no_other() {
    let read = read();
    let told = named(&text("docs/RUNBOOK.md"));
    let strange: Vec<_> = told.difference(&read).collect();
    assert!(strange.is_empty(), "nobody reads {strange:?}");
    let in_table: BTreeSet<String> = text("docs/RUNBOOK.md")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| named(line.split('|').nth(1).unwrap_or_default()))
        .collect();
    let mut wanted = read;
    wanted.retain(|name| !OF_THE_SANDBOX.contains(&name.as_str()));
    let missing: Vec<_> = wanted.difference(&in_table).collect();
    assert!(
        missing.is_empty(),
        "not in the table of settings: {missing:?}"
    );
}

#[test]
fn deploy_names_settings_that_there_are_and_says_where_the_others_go() {
    let read = read();
    for (file, whole) in [
        ("deploy/kubernetes/deployment.yaml", true),
        ("deploy/systemd/hopsdesk-webhook.service", true),
        ("deploy/Dockerfile", false),
    ] {
        let told = named(&text(file));
        let strange: Vec<_> = told.difference(&read).collect();
        assert!(strange.is_empty(), "{file}: nobody reads {strange:?}");
        let missing: Vec<_> = read
            .difference(&told)
            .filter(|name| {
                !OF_THE_SANDBOX.contains(&name.as_str()) && name.as_str() != "DATABASE_DIRECT_URL"
            })
            .collect();
        assert!(
            !whole || missing.is_empty(),
            "{file} does not say where they go: {missing:?}"
        );
    }
}

/// Follows a command as somebody would type it; what is wrong with it.
fn wrong(line: &str) -> Option<String> {
    let mut command = Cli::command();
    command.build();
    let mut at = &command;
    let words = line
        .split_whitespace()
        .map(|word| word.trim_matches(['`', '"', '\'', ',', ';', '…']));
    for word in words.filter(|word| !word.is_empty()) {
        if let Some(option) = word.strip_prefix("--") {
            let name = option.split('=').next().unwrap_or(option);
            let known = at.get_arguments().any(|one| {
                one.get_long() == Some(name)
                    || one.get_all_aliases().is_some_and(|all| all.contains(&name))
            });
            if !known {
                return Some(format!("{} has no --{name}", at.get_name()));
            }
        } else if at.has_subcommands() {
            match at.find_subcommand(word) {
                Some(next) => at = next,
                None => return Some(format!("{} has no {word}", at.get_name())),
            }
        }
    }
    None
}

#[test]
fn commands_and_options_that_are_told_are_there() {
    let mut lines = 0;
    for file in [
        "docs/RUNBOOK.md",
        "README.md",
        "CHANGELOG.md",
        "docs/ARCHITECTURE.md",
        "deploy/systemd/hopsdesk-webhook.service",
    ] {
        let text = text(file).replace('\n', " ");
        // Between backticks, and behind the name of the program.
        let told = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter_map(|span| span.strip_prefix("hopsdesk-webhook "));
        for line in told.chain(
            text.split("ExecStart=/usr/local/bin/hopsdesk-webhook ")
                .skip(1)
                .map(|rest| rest.split(' ').next().unwrap_or(rest)),
        ) {
            lines += 1;
            assert_eq!(wrong(line), None, "{file}: hopsdesk-webhook {line}");
        }
    }
    assert!(lines > 10, "only {lines} were found");
    assert!(wrong("secrets import --anew --reason x").is_none());
    assert!(wrong("secrets import --again").is_some() && wrong("secret import").is_some());
}

/// Types of Stripe's events in a text, each within these marks.
fn types_in(text: &str, mark: char) -> BTreeSet<String> {
    text.split(mark)
        .filter(|word| {
            word.contains('.')
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_' || c == '.')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_runbook_names_the_types_that_are_missed_when_they_do_not_arrive() {
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).expect(from).1.to_owned();
        rest.split_once(to).expect(to).0.to_owned()
    };
    let migration = text("migrations/console/0061_alerts.sql");
    let missed = between(&migration, "function console.is_missed", "$function$;");
    let runbook = text("docs/RUNBOOK.md");
    let named = between(&runbook, "Subscribe Stripe's endpoint to:", "\n5. ");
    let (missed, named) = (types_in(&missed, '\''), types_in(&named, '`'));
    assert!(missed.len() > 30, "{missed:?}");
    assert_eq!(missed, named);
}
