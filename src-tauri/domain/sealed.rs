//! Secrets of clusters, as they are kept: sealed, and to whom, or in plain. Never what they are.

use time::OffsetDateTime;

/// The secrets that a cluster has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// The key of an administrator of its Hopsworks.
    ApiKey,
    /// What opens its Kubernetes.
    Kubeconfig,
}

impl SecretKind {
    /// The word on record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Kubeconfig => "kubeconfig",
        }
    }

    /// The kind that a word on record stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::ApiKey, Self::Kubeconfig]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// What the service's own table holds of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum There {
    /// Nothing.
    Nothing,
    /// It, as it is: whoever reads the table reads it.
    Plain,
    /// The sealed copy, as text.
    Copy,
    /// Something that was sealed with age, and is not the sealed copy.
    Age,
    /// Something that another program encrypted.
    Foreign,
}

impl There {
    /// What a word on record stands for; none: nothing. What a newer version says is not taken for a secret.
    #[must_use]
    pub fn of_word(word: Option<&str>) -> Self {
        match word {
            None => Self::Nothing,
            Some("plain") => Self::Plain,
            Some("ours") => Self::Copy,
            Some("age") => Self::Age,
            Some(_) => Self::Foreign,
        }
    }
}

/// Whom secrets are sealed to, or were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientOnRecord {
    /// `age1…`
    pub public_key: String,
    /// What people call it.
    pub name: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: OffsetDateTime,
    /// Since when nothing is sealed to it any more.
    pub removed_at: Option<OffsetDateTime>,
    /// When a program that serves last said that it holds the private key.
    pub held_at: Option<OffsetDateTime>,
}

/// How a secret of a cluster is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretOnRecord {
    /// The cluster.
    pub cluster_id: String,
    /// Its name.
    pub cluster_name: Option<String>,
    /// The service still has that cluster.
    pub is_on_record: bool,
    /// Which of its secrets.
    pub kind: SecretKind,
    /// What the service's own table holds.
    pub there: There,
    /// When the sealed copy was made, which is what is used; none: there is none.
    pub sealed_at: Option<OffsetDateTime>,
    /// Who sealed it.
    pub sealed_by: Option<String>,
    /// The plain one is another than the sealed one.
    pub differs: bool,
    /// Names of those it is sealed to.
    pub recipients: Vec<String>,
    /// Recipients of today it is not sealed to.
    pub missing: Vec<String>,
    /// Former recipients it is still sealed to.
    pub former: Vec<String>,
    /// Staff put it there in place of the service's own, which it may differ from.
    pub is_of_staff: bool,
    /// How many copies it replaced that are kept.
    pub older: i64,
}

/// How that is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is sealed, and the service has no such cluster any more.
    OffRecord,
    /// There is no such secret.
    Absent,
    /// It is in plain, and not sealed.
    Plain,
    /// The service's own table holds it sealed with age, and there is no copy of that here.
    ThereAlone,
    /// Another program encrypted it, and there is no copy that we could open.
    Foreign,
    /// It is sealed to others than it should be.
    Outdated,
    /// It is sealed, and the service's own table holds another one by now.
    Differs,
    /// It is sealed, staff put it there, and the service's own table holds another one, which is not used.
    OfStaff,
    /// It is sealed, to whom it should be.
    Sealed,
}

impl SecretOnRecord {
    /// How it is to be judged: what lets too many or too few open it stands first.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.sealed_at {
            Some(_) if !self.is_on_record => Standing::OffRecord,
            None => match self.there {
                There::Nothing => Standing::Absent,
                There::Plain => Standing::Plain,
                There::Copy | There::Age => Standing::ThereAlone,
                There::Foreign => Standing::Foreign,
            },
            Some(_) if !self.missing.is_empty() || !self.former.is_empty() => Standing::Outdated,
            Some(_) if self.differs && self.is_of_staff => Standing::OfStaff,
            Some(_) if self.differs => Standing::Differs,
            Some(_) => Standing::Sealed,
        }
    }
}
