//! The page can do what it is for and nothing else.

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::json;

use super::world::Person;

/// Tries something, and answers by the directive that the policy refused it under.
const TRY: &str = "const [attempt, done] = [arguments[0], arguments[arguments.length - 1]]
    const attempts = {
      fetch: () => fetch('https://example.com/').catch(() => {}),
      // Some versions of the engine throw as well as report.
      socket: () => { try { new WebSocket('wss://example.com/') } catch {} },
      inline: () => {
        const script = document.createElement('script')
        script.textContent = 'window.wasRun = true'
        document.head.append(script)
      },
      remote: () => {
        const script = document.createElement('script')
        script.src = 'https://example.com/x.js'
        document.head.append(script)
      },
      eval: () => { try { window.wasRun = (0, eval)('true') } catch {} },
      frame: () => {
        const frame = document.createElement('iframe')
        frame.src = 'https://example.com/'
        document.body.append(frame)
      },
      image: () => { new Image().src = 'https://example.com/x.png' },
      form: () => {
        const form = document.createElement('form')
        form.action = 'https://example.com/'
        document.body.append(form)
        form.submit()
      },
    }
    const refused = (event) => done(event.effectiveDirective)
    document.addEventListener('securitypolicyviolation', refused, { once: true })
    attempts[attempt]()";

#[tokio::test]
async fn the_policy_refuses_whatever_is_not_the_page_itself() {
    let person = Person::new("policed").await;
    let window = person.at_work().await;
    for (attempt, directives) in [
        ("fetch", vec!["connect-src"]),
        ("socket", vec!["connect-src"]),
        ("inline", vec!["script-src-elem", "script-src"]),
        ("remote", vec!["script-src-elem", "script-src"]),
        ("eval", vec!["script-src"]),
        ("frame", vec!["frame-src", "child-src", "default-src"]),
        ("image", vec!["img-src"]),
        ("form", vec!["form-action"]),
    ] {
        let refused = window.run_later(TRY, vec![json!(attempt)]).await;
        let directive = refused.as_str().unwrap_or("nothing");
        assert!(directives.contains(&directive), "{attempt}: {directive}");
    }
    assert_eq!(window.ask("typeof window.wasRun").await, "undefined");
    window.close().await;
}

#[tokio::test]
async fn the_core_answers_to_the_commands_on_the_list_and_to_no_others() {
    let person = Person::new("commanding").await;
    let window = person.at_work().await;
    assert_eq!(window.ask("typeof window.__TAURI__").await, "undefined");
    let call = "const [command, done] = [arguments[0], arguments[arguments.length - 1]]
        window.__TAURI_INTERNALS__.invoke(command, arguments[1])
          .then((answer) => done({ answer: answer ?? null }), (error) => done({ error: String(error) }))";
    let listed = window
        .run_later(call, vec![json!("session"), json!({})])
        .await;
    assert_eq!(listed["answer"]["state"]["state"], "ready", "{listed}");
    for (command, arguments) in [
        ("drop_everything", json!({})),
        ("plugin:app|version", json!({})),
        (
            "plugin:event|listen",
            json!({ "event": "x", "target": { "kind": "Any" }, "handler": 1 }),
        ),
        ("plugin:window|close", json!({ "label": "main" })),
        (
            "plugin:webview|create_webview_window",
            json!({ "options": { "label": "other" } }),
        ),
        ("plugin:path|resolve_directory", json!({ "directory": 1 })),
    ] {
        let answer = window
            .run_later(call, vec![json!(command), arguments])
            .await;
        let error = answer["error"].as_str().unwrap_or("it answered");
        assert!(
            error.contains("not allowed") || error.contains("not found"),
            "{command}: {answer}"
        );
    }
    for arguments in [
        json!({ "url": "https://example.com/" }),
        json!({ "target": { "to": "url", "url": "https://example.com/" } }),
        json!({ "target": { "to": "stripe_record", "id": "https://example.com/" } }),
        json!({ "target": { "to": "stripe_record", "id": "cus_../../x" } }),
    ] {
        let answer = window
            .run_later(call, vec![json!("open_link"), arguments.clone()])
            .await;
        assert!(
            answer["error"].is_string(),
            "the window does not say where a link leads: {arguments} gave {answer}"
        );
    }
    window.close().await;
}

#[tokio::test]
async fn nothing_else_can_be_shown_in_the_window() {
    let person = Person::new("staying").await;
    let window = person.at_work().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", elsewhere.local_addr().unwrap());
    let home = window.ask("location.origin").await;
    window
        .run(
            "window.stillHere = true; location.assign(arguments[0])",
            vec![json!(url)],
        )
        .await;
    window
        .run("window.open(arguments[0])", vec![json!(url)])
        .await;
    // The window goes on as if nothing had been asked.
    window.visit_users("").await;
    window.visit("#/overview").await;
    window.overview_is_filled().await;
    assert_eq!(window.ask("window.stillHere").await, true);
    assert_eq!(window.ask("location.origin").await, home);
    let knocked = elsewhere.accept().expect_err("nobody came");
    assert_eq!(knocked.kind(), ErrorKind::WouldBlock);
    window.close().await;
}
