//! The kubeconfig of a simulated cluster, as `kubectl config view --flatten --minify --raw` writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secrets::Secret;

/// What somebody signs in with.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A token of a service account.
    Token(Secret<String>),
    /// A certificate and its key, PEM.
    Certificate(String, Secret<String>),
}

/// A kubeconfig for the API server on that port of this machine, with the certificate of its authority, PEM.
#[must_use]
pub fn kubeconfig(port: u16, authority: &str, credentials: &Credentials) -> Secret<String> {
    let authority = STANDARD.encode(authority);
    let user = Zeroizing::new(match credentials {
        Credentials::Token(token) => format!("    token: {}\n", token.expose()),
        Credentials::Certificate(certificate, key) => format!(
            "    client-certificate-data: {}\n    client-key-data: {}\n",
            STANDARD.encode(certificate),
            *Zeroizing::new(STANDARD.encode(key.expose()))
        ),
    });
    Secret::new(format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: sandbox\n  cluster:\n    server: \
         https://127.0.0.1:{port}\n    certificate-authority-data: {authority}\ncontexts:\n- name: \
         sandbox\n  context:\n    cluster: sandbox\n    user: hopsdesk\ncurrent-context: sandbox\nusers:\n- \
         name: hopsdesk\n  user:\n{}",
        *user
    ))
}
