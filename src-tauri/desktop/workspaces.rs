//! Workspaces as the window shows them, and the addresses behind them.

use std::path::PathBuf;

use crate::config::ConfigError;
use crate::config::database::DatabaseAddress;
use crate::config::workspaces::WorkspaceEntry;
use crate::domain::workspace;
use crate::identity::tenant::Tenant;
use crate::secrets::Secret;
use crate::secrets::url::take_password;
use crate::wire::workspaces::{Workspace, WorkspaceForm, WorkspaceKind};

/// Id of the sandbox, which is always there.
pub(in crate::desktop) const SANDBOX: &str = "sandbox";

/// The sandbox before it is open.
pub(in crate::desktop) fn sandbox_workspace() -> Workspace {
    Workspace {
        id: SANDBOX.to_owned(),
        name: "Acme ML".to_owned(),
        kind: WorkspaceKind::Sandbox,
        address: "a private Postgres on this machine".to_owned(),
        login: String::new(),
        open: false,
    }
}

/// The address of a workspace on file.
pub(in crate::desktop) fn address(entry: &WorkspaceEntry) -> Result<DatabaseAddress, ConfigError> {
    let mut address = DatabaseAddress::parse("URL", &entry.url)?;
    if entry.ca_file.is_some() {
        address.ca_file.clone_from(&entry.ca_file);
    }
    Ok(address)
}

/// A workspace on file as the window shows it; one whose URL was broken by hand still has a row.
pub(in crate::desktop) fn workspace(entry: &WorkspaceEntry) -> Workspace {
    let (place, login) = match address(entry) {
        Ok(address) => (address.to_string(), address.login),
        Err(error) => (error.to_string(), String::new()),
    };
    Workspace {
        id: entry.id.clone(),
        name: entry.name.clone(),
        kind: entry.kind.into(),
        address: place,
        login,
        open: false,
    }
}

/// A form as typed: the address, and the password taken out of it.
pub(in crate::desktop) struct ReadForm {
    pub(in crate::desktop) name: String,
    pub(in crate::desktop) kind: workspace::WorkspaceKind,
    /// Without the password.
    pub(in crate::desktop) url: String,
    pub(in crate::desktop) ca_file: Option<PathBuf>,
    pub(in crate::desktop) address: DatabaseAddress,
    pub(in crate::desktop) password: Option<Secret<String>>,
    pub(in crate::desktop) sign_in: SignInEntry,
}

/// How one signs in, as typed: nothing, or a domain and a client id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::desktop) struct SignInEntry {
    pub(in crate::desktop) domain: Option<String>,
    pub(in crate::desktop) client_id: Option<String>,
    pub(in crate::desktop) audience: Option<String>,
}

impl SignInEntry {
    /// Reads the three fields; empty ones are none.
    pub(in crate::desktop) fn read(
        domain: Option<String>,
        client_id: Option<String>,
        audience: Option<String>,
    ) -> Result<Self, ConfigError> {
        let typed = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let (domain, client_id) = (typed(domain), typed(client_id));
        let domain = domain
            .map(|domain| {
                Tenant::parse(&domain)
                    // Kept as the host alone, as everybody writes it; a port on loopback needs the rest.
                    .map(|tenant| {
                        if tenant.is_loopback() {
                            tenant.issuer().trim_end_matches('/').to_owned()
                        } else {
                            tenant.to_string()
                        }
                    })
                    .map_err(|error| ConfigError::new("Auth0 domain", error.to_string()))
            })
            .transpose()?;
        if client_id.is_some() && domain.is_none() {
            return Err(ConfigError::new(
                "Auth0 domain",
                "is needed beside the client id; it looks like acme.eu.auth0.com",
            ));
        }
        let odd = |text: &String| text.len() > 255 || text.chars().any(char::is_whitespace);
        if client_id.as_ref().is_some_and(odd) {
            return Err(ConfigError::new("Client id", "is no client id of Auth0"));
        }
        Ok(Self {
            domain,
            client_id,
            audience: typed(audience),
        })
    }
}

/// Reads a form.
pub(in crate::desktop) fn read_form(form: WorkspaceForm) -> Result<ReadForm, ConfigError> {
    let name = form.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(ConfigError::new(
            "Name",
            "give it a name of 1 to 60 characters",
        ));
    }
    let (url, in_url) = take_password(&form.url);
    let typed = form
        .password
        .filter(|password| !password.is_empty())
        .map(Secret::new);
    let mut address = DatabaseAddress::parse("URL", &url)?;
    let ca_file = form
        .ca_file
        .map(|path| path.trim().to_owned())
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    if ca_file.is_some() {
        address.ca_file.clone_from(&ca_file);
    }
    Ok(ReadForm {
        name,
        kind: form.kind.into(),
        url,
        ca_file,
        address,
        password: typed.or(in_url),
        sign_in: SignInEntry::read(form.auth0_domain, form.auth0_client_id, form.auth0_audience)?,
    })
}

impl From<workspace::WorkspaceKind> for WorkspaceKind {
    fn from(kind: workspace::WorkspaceKind) -> Self {
        match kind {
            workspace::WorkspaceKind::Production => Self::Production,
            workspace::WorkspaceKind::Staging => Self::Staging,
            workspace::WorkspaceKind::Sandbox => Self::Sandbox,
        }
    }
}

impl From<WorkspaceKind> for workspace::WorkspaceKind {
    fn from(kind: WorkspaceKind) -> Self {
        match kind {
            WorkspaceKind::Production => Self::Production,
            WorkspaceKind::Staging => Self::Staging,
            WorkspaceKind::Sandbox => Self::Sandbox,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(url: &str, password: Option<&str>) -> WorkspaceForm {
        WorkspaceForm {
            name: " Acme ".to_owned(),
            kind: WorkspaceKind::Production,
            url: url.to_owned(),
            password: password.map(str::to_owned),
            ca_file: Some("  ".to_owned()),
            auth0_domain: None,
            auth0_client_id: None,
            auth0_audience: None,
        }
    }

    #[test]
    fn the_password_leaves_the_url_and_a_typed_one_wins() {
        let read = read_form(form(
            "postgres://me:in-url@db.example.com/postgres",
            Some("typed"),
        ))
        .expect("a form");
        assert_eq!(read.url, "postgres://me@db.example.com/postgres");
        assert_eq!(read.password.expect("a password").expose(), "typed");
        assert_eq!((read.name.as_str(), read.ca_file), ("Acme", None));
    }

    #[test]
    fn a_client_id_needs_a_tenant_that_is_reached_safely() {
        let read = |domain: &str, client: &str| {
            SignInEntry::read(Some(domain.to_owned()), Some(client.to_owned()), None)
        };
        let entry = read(" https://Acme.eu.auth0.com/ ", "abc").expect("a tenant");
        assert_eq!(entry.domain.as_deref(), Some("acme.eu.auth0.com"));
        assert_eq!(read(" ", " ").expect("nothing"), SignInEntry::default());
        for (domain, client) in [
            ("", "abc"),
            ("http://acme.eu.auth0.com", "abc"),
            ("acme.eu.auth0.com/login", "abc"),
            ("acme.eu.auth0.com", "a b"),
        ] {
            assert!(read(domain, client).is_err(), "{domain} {client}");
        }
    }
}
