//! Where the audit trails of the open databases ended when this console saw them last.
//!
//! Kept in a file beside the settings: an anchor outside the database, against which a trail that was cut
//! or written anew is noticed. It holds numbers and digests, nothing secret.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::audit::{Chain, Head};

/// By workspace, then by chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchors(BTreeMap<String, BTreeMap<String, Anchor>>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Anchor {
    seq: i64,
    hash: String,
}

impl Anchors {
    /// As they were kept; none at the first start.
    ///
    /// # Errors
    /// When the file is there and cannot be read: an anchor that is lost must not go unnoticed.
    pub fn load(file: &Path) -> io::Result<Self> {
        match fs::read_to_string(file) {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Writes them beside the old ones and puts them in their place.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, file: &Path) -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = file.with_extension("new");
        fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        fs::rename(&beside, file)
    }

    /// What was seen of a workspace.
    #[must_use]
    pub fn of(&self, workspace: &str) -> Vec<Head> {
        let seen = self.0.get(workspace);
        Chain::ALL
            .into_iter()
            .filter_map(|chain| {
                let anchor = seen?.get(chain.word())?;
                Some(Head {
                    chain,
                    seq: anchor.seq,
                    hash: anchor.hash.clone(),
                })
            })
            .collect()
    }

    /// Remembers a head that was found good. One that lies further back than what is remembered is not
    /// taken: chains only grow.
    pub fn remember(&mut self, workspace: &str, head: &Head) {
        let chains = self.0.entry(workspace.to_owned()).or_default();
        let further = chains
            .get(head.chain.word())
            .is_none_or(|anchor| anchor.seq < head.seq);
        if further {
            let anchor = Anchor {
                seq: head.seq,
                hash: head.hash.clone(),
            };
            chains.insert(head.chain.word().to_owned(), anchor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: i64) -> Head {
        Head {
            chain: Chain::Staff,
            seq,
            hash: format!("{seq:064x}"),
        }
    }

    #[test]
    fn anchors_are_kept_by_workspace_and_only_move_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("anchors.json");
        let mut anchors = Anchors::load(&file).expect("none yet");
        assert_eq!(anchors.of("a"), []);
        anchors.remember("a", &head(7));
        anchors.remember("a", &head(3));
        anchors.save(&file).expect("written");
        let anchors = Anchors::load(&file).expect("read");
        assert_eq!(
            anchors.of("a"),
            [head(7)],
            "a chain that got shorter is no news to keep"
        );
        assert_eq!(
            anchors.of("b"),
            [],
            "another database has a trail of its own"
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_taken_for_a_first_look() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("anchors.json");
        fs::write(&file, "{").expect("written");
        assert!(Anchors::load(&file).is_err());
    }
}
