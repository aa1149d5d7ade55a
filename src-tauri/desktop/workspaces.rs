//! Workspaces as the window shows them, and the addresses behind them.

use std::path::PathBuf;

use crate::config::ConfigError;
use crate::config::database::DatabaseAddress;
use crate::config::workspaces::WorkspaceEntry;
use crate::domain::workspace;
use crate::identity::tenant::Tenant;
use crate::secrets::Secret;
use crate::secrets::url::take_password;
use crate::wire::workspaces::{
    StripeMode, Workspace, WorkspaceColour, WorkspaceForm, WorkspaceKind, WorkspaceOnFile,
};

/// Id of the sandbox, which is always there.
pub(in crate::desktop) const SANDBOX: &str = "sandbox";

/// The sandbox before it is open.
pub(in crate::desktop) fn sandbox_workspace() -> Workspace {
    Workspace {
        id: SANDBOX.to_owned(),
        name: "Acme ML".to_owned(),
        kind: WorkspaceKind::Sandbox,
        colour: None,
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
        colour: entry.kind.shown_in(entry.colour).map(Into::into),
        address: place,
        login,
        open: false,
    }
}

/// A form as typed: what goes into the settings, the address, and the password taken out of it.
pub(in crate::desktop) struct ReadForm {
    pub(in crate::desktop) address: DatabaseAddress,
    pub(in crate::desktop) password: Option<Secret<String>>,
    /// Without a password, and without an id.
    pub(in crate::desktop) entry: WorkspaceEntry,
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
        let (domain, client_id, audience) = (typed(domain), typed(client_id), typed(audience));
        for (field, text) in [("Client id", &client_id), ("Audience", &audience)] {
            if text.as_deref().is_some_and(holds_password) {
                return Err(misplaced(field));
            }
        }
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
            audience,
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
    let password = form
        .password
        .filter(|password| !password.is_empty())
        .map(Secret::new);
    let mut address = DatabaseAddress::parse("URL", &url)?;
    let ca_file = typed(form.ca_file);
    let direct_url = typed(form.direct_url)
        .map(|url| direct(&url, &address))
        .transpose()?;
    let supabase_url = typed(form.supabase_url);
    let sign_in = SignInEntry::read(form.auth0_domain, form.auth0_client_id, form.auth0_audience)?;
    for (field, text) in [
        ("Name", Some(&name)),
        ("CA file", ca_file.as_ref()),
        ("Supabase URL", supabase_url.as_ref()),
    ] {
        if text.is_some_and(|text| holds_password(text)) {
            return Err(misplaced(field));
        }
    }
    if supabase_url
        .as_deref()
        .is_some_and(|url| dashboard(url).is_none())
    {
        let problem =
            "is no address of a project; it looks like https://abcdefghijklmnopqrst.supabase.co";
        return Err(ConfigError::new("Supabase URL", problem));
    }
    let ca_file = ca_file.map(PathBuf::from);
    if ca_file.is_some() {
        address.ca_file.clone_from(&ca_file);
    }
    let entry = WorkspaceEntry {
        id: String::new(),
        name,
        kind: form.kind.into(),
        colour: form.colour.map(Into::into),
        url,
        direct_url,
        ca_file,
        fiscal_zone: None,
        auth0_domain: sign_in.domain,
        auth0_client_id: sign_in.client_id,
        auth0_audience: sign_in.audience,
        auth0_management_domain: None,
        auth0_management_client_id: None,
        stripe_mode: form.stripe_mode.map(Into::into),
        supabase_url,
        stay_signed_in: form.stay_signed_in,
        reauthenticate: form.reauthenticate,
        idle_minutes: form.idle_minutes,
        other: toml::Table::new(),
    };
    Ok(ReadForm {
        address,
        password: password.or(in_url),
        entry,
    })
}

fn typed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The way past the pooler: to the same database, as the same login, whose password is asked for once.
fn direct(url: &str, pooled: &DatabaseAddress) -> Result<String, ConfigError> {
    let (url, _) = take_password(url);
    let direct = DatabaseAddress::parse("Direct connection", &url)?;
    let problem = if direct.database != pooled.database {
        "leads to another database than the connection string"
    } else if !direct.pool_mode.keeps_session() {
        "leads through a pooler that keeps no session (at Supabase port 6543); take port 5432"
    } else {
        return Ok(url);
    };
    Err(ConfigError::new("Direct connection", problem))
}

/// Whether a text is an address with a password in it, pasted where none belongs.
fn holds_password(text: &str) -> bool {
    take_password(text).1.is_some()
}

/// Says nothing of what was pasted.
fn misplaced(field: &str) -> ConfigError {
    let problem = "looks like a connection string with a password, which belongs into Connection string; \
                   it was not kept";
    ConfigError::new(field, problem)
}

/// Where a Supabase project is shown, by its address; none for what is no address of a project.
pub(in crate::desktop) fn dashboard(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    let project = url.host_str()?.strip_suffix(".supabase.co")?;
    let named = project.len() == 20 && project.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && named).then(|| format!("https://supabase.com/dashboard/project/{project}"))
}

/// What the settings say of a workspace.
pub(in crate::desktop) fn on_file(entry: &WorkspaceEntry) -> WorkspaceOnFile {
    WorkspaceOnFile {
        name: entry.name.clone(),
        kind: entry.kind.into(),
        colour: entry.colour.map(Into::into),
        // One that was written by hand may hold a password, which the window has no business with.
        url: take_password(&entry.url).0,
        direct_url: entry.direct_url.as_deref().map(|url| take_password(url).0),
        ca_file: entry
            .ca_file
            .as_ref()
            .map(|path| path.display().to_string()),
        auth0_domain: entry.auth0_domain.clone(),
        auth0_client_id: entry.auth0_client_id.clone(),
        auth0_audience: entry.auth0_audience.clone(),
        stripe_mode: entry.stripe_mode.map(Into::into),
        supabase_url: entry.supabase_url.clone(),
        idle_minutes: entry.idle_minutes,
        stay_signed_in: entry.stay_signed_in,
        reauthenticate: entry.reauthenticate,
    }
}

impl From<workspace::StripeMode> for StripeMode {
    fn from(mode: workspace::StripeMode) -> Self {
        match mode {
            workspace::StripeMode::Live => Self::Live,
            workspace::StripeMode::Test => Self::Test,
        }
    }
}

impl From<StripeMode> for workspace::StripeMode {
    fn from(mode: StripeMode) -> Self {
        match mode {
            StripeMode::Live => Self::Live,
            StripeMode::Test => Self::Test,
        }
    }
}

impl From<workspace::WorkspaceColour> for WorkspaceColour {
    fn from(colour: workspace::WorkspaceColour) -> Self {
        match colour {
            workspace::WorkspaceColour::Blue => Self::Blue,
            workspace::WorkspaceColour::Teal => Self::Teal,
            workspace::WorkspaceColour::Violet => Self::Violet,
        }
    }
}

impl From<WorkspaceColour> for workspace::WorkspaceColour {
    fn from(colour: WorkspaceColour) -> Self {
        match colour {
            WorkspaceColour::Blue => Self::Blue,
            WorkspaceColour::Teal => Self::Teal,
            WorkspaceColour::Violet => Self::Violet,
        }
    }
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
            colour: None,
            url: url.to_owned(),
            password: password.map(str::to_owned),
            ca_file: Some("  ".to_owned()),
            auth0_domain: None,
            auth0_client_id: None,
            auth0_audience: None,
            direct_url: None,
            stripe_mode: None,
            supabase_url: None,
            idle_minutes: None,
            stay_signed_in: None,
            reauthenticate: None,
        }
    }

    #[test]
    fn a_colour_is_kept_and_production_stays_red() {
        let mut form = form("postgres://me@db.example.com/postgres", None);
        form.colour = Some(WorkspaceColour::Teal);
        form.kind = WorkspaceKind::Staging;
        let mut entry = read_form(form).expect("a form").entry;
        assert_eq!(workspace(&entry).colour, Some(WorkspaceColour::Teal));
        entry.kind = workspace::WorkspaceKind::Production;
        assert_eq!(workspace(&entry).colour, None);
        assert_eq!(
            on_file(&entry).colour,
            Some(WorkspaceColour::Teal),
            "it is back when the kind is"
        );
    }

    #[test]
    fn the_password_leaves_the_url_and_a_typed_one_wins() {
        let read = read_form(form(
            "postgres://me:in-url@db.example.com/postgres",
            Some("typed"),
        ))
        .expect("a form");
        assert_eq!(read.entry.url, "postgres://me@db.example.com/postgres");
        assert_eq!(read.password.expect("a password").expose(), "typed");
        assert_eq!(
            (read.entry.name.as_str(), read.entry.ca_file),
            ("Acme", None)
        );
    }

    #[test]
    fn an_address_with_a_password_is_kept_in_no_field_and_quoted_in_no_sentence() {
        let pasted = || Some("postgres://me:s3cret@db.example.com/postgres".to_owned());
        let url = "postgres://me@db.example.com/postgres";
        let changes: [fn(&mut WorkspaceForm, Option<String>); 7] = [
            |form, text| form.name = text.unwrap_or_default(),
            |form, text| form.ca_file = text,
            |form, text| form.supabase_url = text,
            |form, text| form.auth0_domain = text,
            |form, text| form.auth0_audience = text,
            |form, text| {
                form.auth0_domain = Some("acme.eu.auth0.com".to_owned());
                form.auth0_client_id = text;
            },
            |form, text| form.direct_url = text.map(|url| url.replace("/postgres", "/other")),
        ];
        for change in changes {
            let mut odd = form(url, None);
            change(&mut odd, pasted());
            let error = read_form(odd).err().expect("refused");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
        let mut direct = form(url, None);
        direct.direct_url = pasted();
        let read = read_form(direct).expect("the same database");
        assert_eq!(
            read.entry.direct_url.as_deref(),
            Some(url),
            "its password is taken out"
        );
    }

    #[test]
    fn a_project_is_shown_where_its_address_names_one() {
        assert_eq!(
            dashboard("https://abcdefghijklmnopqrst.supabase.co").as_deref(),
            Some("https://supabase.com/dashboard/project/abcdefghijklmnopqrst")
        );
        for odd in [
            "http://abcdefghijklmnopqrst.supabase.co",
            "https://supabase.co",
            "https://abcdefghijklmnopqrst.supabase.co.example",
            "https://me:x@abcdefghijklmnopqrst.supabase.co",
        ] {
            assert_eq!(dashboard(odd), None, "{odd}");
        }
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
