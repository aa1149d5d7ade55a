//! Wrong usage and configuration: exit code 2, and one line that names the setting.

use super::program::run;

const URL: &str = "postgresql://me:hunter2@127.0.0.1:1/db";

#[test]
fn a_setting_that_cannot_be_used_is_named_in_one_line_and_exits_2() {
    let url = ("DATABASE_URL", URL.to_owned());
    let secret = ("AUTH0_WEBHOOK_SECRET", "x".to_owned());
    let set = |name: &'static str, value: &str| (name, value.to_owned());
    for (environment, arguments, begins) in [
        (vec![], vec!["serve"], "AUTH0_WEBHOOK_SECRET: is not set"),
        (
            vec![secret.clone()],
            vec!["serve"],
            "DATABASE_URL: is not set",
        ),
        (vec![], vec!["attach"], "DATABASE_URL: is not set"),
        (
            vec![],
            vec!["migrate", "--set", "managed"],
            "DATABASE_URL: is not set",
        ),
        (
            vec![set("DATABASE_URL", "mysql://a:hunter2@b/c")],
            vec!["attach"],
            "DATABASE_URL: ",
        ),
        (
            vec![url.clone(), set("DATABASE_POOL_MODE", "statement")],
            vec!["attach"],
            "DATABASE_POOL_MODE: is none of",
        ),
        (
            vec![set(
                "DATABASE_URL",
                "postgresql://me:hunter2@pool.example.com:6543/db",
            )],
            vec!["attach"],
            "DATABASE_DIRECT_URL: is needed",
        ),
        (
            vec![set("DATABASE_URL_FILE", "/nonexistent/url")],
            vec!["attach"],
            "DATABASE_URL_FILE: cannot read /nonexistent/url",
        ),
        (
            vec![url.clone(), set("DATABASE_URL_FILE", "/nonexistent/url")],
            vec!["attach"],
            "DATABASE_URL and DATABASE_URL_FILE are both set",
        ),
        (
            vec![
                set(
                    "DATABASE_URL",
                    "postgresql://me:hunter2@db.example.com:5432/db",
                ),
                set("DATABASE_CA_FILE", "/nonexistent/ca.pem"),
            ],
            vec!["attach"],
            "DATABASE_CA_FILE: The CA file /nonexistent/ca.pem cannot be used",
        ),
        (
            vec![
                url.clone(),
                secret.clone(),
                set("HOPSDESK_BIND", "everywhere"),
            ],
            vec!["serve"],
            "HOPSDESK_BIND: is not address:port",
        ),
        (
            vec![
                url.clone(),
                secret.clone(),
                set("AUTH0_WEBHOOK_SECRET", " , "),
            ],
            vec!["serve"],
            "AUTH0_WEBHOOK_SECRET is set but empty",
        ),
        (
            vec![url, secret, set("RUST_LOG", "hopsdesk=loud")],
            vec!["serve"],
            "RUST_LOG: cannot be read",
        ),
    ] {
        let ran = run(&environment, &arguments);
        assert_eq!(ran.code, 2, "{environment:?} {arguments:?}: {ran:?}");
        assert!(ran.stderr.starts_with(begins), "{begins}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "one line: {ran:?}");
        assert_eq!(ran.stdout, "");
        assert!(!ran.stderr.contains("hunter2"), "no password: {ran:?}");
    }
}

#[test]
fn wrong_usage_exits_2() {
    for arguments in [
        vec![],
        vec!["fly"],
        vec!["migrate"],
        vec!["migrate", "--set", "other"],
        vec!["attach", "--dry-run", "--release"],
        vec!["serve", "--port", "1"],
    ] {
        let ran = run(&[], &arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn help_is_a_manual_and_succeeds() {
    for (arguments, parts) in [
        (
            vec!["--help"],
            vec!["serve", "migrate", "attach", "DATABASE_URL", "Exit codes"],
        ),
        (
            vec!["serve", "--help"],
            vec!["/api/webhooks/auth0", "X-Auth0-Secret", "SIGTERM"],
        ),
        (
            vec!["migrate", "--help"],
            vec!["managed", "--print", "DATABASE_DIRECT_URL"],
        ),
        (
            vec!["attach", "--help"],
            vec!["--dry-run", "--release", "schema `console`"],
        ),
    ] {
        let ran = run(&[], &arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        for part in parts {
            assert!(
                ran.stdout.contains(part),
                "{arguments:?} tells of {part}: {}",
                ran.stdout
            );
        }
    }
    assert_eq!(run(&[], &["--version"]).code, 0);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let bind = taken.local_addr().expect("an address").to_string();
    let environment = [
        ("DATABASE_URL", URL.to_owned()),
        ("AUTH0_WEBHOOK_SECRET", "x".to_owned()),
        ("HOPSDESK_BIND", bind.clone()),
    ];
    let ran = run(&environment, &["serve"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let begins = format!("HOPSDESK_BIND: cannot listen on {bind}");
    assert!(ran.stderr.starts_with(&begins), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1);
}
