//! Every statement of the product: a file somebody loads, and one that each generation understands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hopsdesk::usecases::open_database::{OpenError, look_at_database};

use crate::support::database::{Kind, TestDatabase};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri")
}

/// Name and text of every statement.
pub(super) fn files() -> BTreeMap<String, String> {
    let folder = std::fs::read_dir(sources().join("store/sql")).unwrap();
    folder
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The product's sources, by their path under `src-tauri`.
fn product() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    rust_files(&sources(), &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(sources()).unwrap();
            (path.to_str().unwrap().to_owned(), text)
        })
        .filter(|(path, _)| !path.starts_with("tests/") && !path.starts_with("benches/"))
        .collect()
}

/// Prepares all statements as the owner, who may do what the product may.
async fn prepare_all(kind: Kind) {
    let database = TestDatabase::new(kind).await;
    let mut owner = database.direct().await;
    let mut wrong = Vec::new();
    for (name, sql) in files() {
        let text = sql.trim_end().trim_end_matches(';');
        // Loading by COPY cannot be prepared; the table it names can be asked for.
        let prepare = format!("prepare statement as {text}\n; deallocate statement");
        if let Err(error) = owner.script(&prepare).await {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            wrong.push(format!(
                "{name}: {}",
                source.unwrap_or_else(|| error.to_string())
            ));
        }
    }
    assert!(wrong.is_empty(), "on {kind:?}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_statement_is_understood_by_every_generation() {
    for kind in Kind::ATTACHED {
        prepare_all(*kind).await;
    }
}

#[test]
fn every_statement_file_is_loaded_by_somebody() {
    let mut loaded = BTreeSet::new();
    for (_, text) in product() {
        for part in text.split("statement!(\"").skip(1) {
            loaded.insert(part.split('"').next().unwrap().to_owned());
        }
    }
    let there: BTreeSet<String> = files().into_keys().collect();
    let orphans: Vec<_> = there.difference(&loaded).collect();
    assert!(orphans.is_empty(), "nobody loads {orphans:?}");
    assert!(there.len() > 5, "the folder was found");
}

#[test]
fn whatever_statements_read_is_looked_for_when_a_database_is_opened() {
    let looked_for = files().remove("server.sql").unwrap();
    // The receiver's, which has a look of its own.
    let elsewhere = ["inbox", "migrations_console"];
    let mut missed = BTreeSet::new();
    for text in files().into_values() {
        for word in ["from console.", "join console."] {
            for rest in text.split(word).skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
                let known = looked_for.contains(&format!("'{name}'"));
                if !known && !after.starts_with('(') && !elsewhere.contains(&name) {
                    missed.insert(name.to_owned());
                }
            }
        }
    }
    assert!(missed.is_empty(), "{missed:?} may be missing unnoticed");
}

#[tokio::test]
async fn what_an_older_version_attached_is_to_be_attached_again() {
    let database = TestDatabase::new(Kind::ATTACHED[0]).await;
    let store = database.store();
    look_at_database(&store).await.expect("all there");
    database.psql("drop table console.service_figures");
    let found = look_at_database(&store).await;
    assert!(matches!(found, Err(OpenError::NotAttached)), "{found:?}");
}

#[test]
fn statements_are_loaded_in_the_store_and_written_nowhere_else() {
    // The start of a statement inside a string; prose seldom begins like this.
    let beginnings = [
        "\"select ",
        "\"insert into ",
        "\"update ",
        "\"delete from ",
        "\"with ",
        "\"begin;",
    ];
    let mut wrong = Vec::new();
    for (path, text) in product() {
        // The sandbox makes its own server, roles and databases; no statement does that.
        if path.starts_with("store/") || path.starts_with("sandbox/") {
            continue;
        }
        // Tests inside a file may say what they like.
        let code = text
            .split("#[cfg(test)]")
            .next()
            .unwrap()
            .to_ascii_lowercase();
        if code.contains("statement!(") {
            wrong.push(format!("{path} loads a statement"));
        }
        for beginning in beginnings {
            if code.contains(beginning) && !code.contains(&format!("{beginning}error")) {
                wrong.push(format!("{path} holds SQL: {beginning}…"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
