//! A kubeconfig from the database, checked before anything is done with it. It comes from somewhere else, so
//! it may run no program, read no file of this machine, and switch nothing off.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use kube::config::LoadDataError;
use kube::config::{AuthInfo, Cluster, Config, KubeConfigOptions, Kubeconfig, KubeconfigError};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret as _;
use url::Url;
use zeroize::Zeroizing;

use crate::clusters::kubernetes::failure::KubeconfigProblem;
use crate::secrets::Secret;

/// The most characters one may have. Ten clusters with their certificates have a hundred thousand.
const MOST: usize = 512 << 10;

/// Reads the cluster and the user of the current context.
pub(super) async fn read(text: &Secret<String>) -> Result<Config, KubeconfigProblem> {
    let text = text.expose().trim();
    if text.is_empty() || text.len() > MOST {
        return Err(KubeconfigProblem::Malformed);
    }
    // What the reader has to say quotes what it read.
    let kubeconfig = Kubeconfig::from_yaml(text).map_err(|_| KubeconfigProblem::Malformed)?;
    let (cluster, user) = current(&kubeconfig).ok_or(KubeconfigProblem::NoContext)?;
    check_cluster(cluster)?;
    check_user(user)?;
    let named = cluster
        .proxy_url
        .as_deref()
        .filter(|named| !named.trim().is_empty());
    let named = named.map(str::parse::<Uri>).transpose();
    let named = named.map_err(|_| KubeconfigProblem::Proxy)?;
    let read = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let mut config = read.map_err(|error| problem(&error))?;
    // The library takes an authority without certificates, and leaves out an identity that it cannot read.
    if config.root_cert.as_ref().is_some_and(Vec::is_empty) || !can_sign_in(&config.auth_info) {
        return Err(KubeconfigProblem::Identity);
    }
    // Nothing is asked twice behind our back: whoever asks has a schedule.
    config.default_retry = false;
    config.proxy_url = proxy(&config, named, &Matcher::from_env());
    Ok(config)
}

/// The proxy to go through: the one that the kubeconfig names, as for kubectl; else the environment's, unless
/// `NO_PROXY` has the server. What the library reads of the environment is not used: it asks `NO_PROXY` about the
/// proxy, and not about the server, and takes addresses that it then refuses.
fn proxy(config: &Config, named: Option<Uri>, environment: &Matcher) -> Option<Uri> {
    if is_loopback(&config.cluster_url) {
        return None;
    }
    named.or_else(|| {
        let through = environment.intercept(&config.cluster_url)?;
        // Never around a proxy because its login is odd: it will say so itself.
        Some(with_login(&through).unwrap_or_else(|| through.uri().clone()))
    })
}

/// The address of a proxy of HTTP with the login for it, which the environment may have had in it. That of a SOCKS proxy the
/// library does not send.
fn with_login(through: &Intercept) -> Option<Uri> {
    let header = through.basic_auth()?;
    let encoded = header.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = Zeroizing::new(STANDARD.decode(encoded).ok()?);
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let mut address = Url::parse(&through.uri().to_string()).ok()?;
    address.set_username(user).ok()?;
    address.set_password(Some(password)).ok()?;
    address.as_str().parse().ok()
}

fn current(kubeconfig: &Kubeconfig) -> Option<(&Cluster, &AuthInfo)> {
    let name = kubeconfig.current_context.as_deref()?;
    let named = kubeconfig
        .contexts
        .iter()
        .find(|context| context.name == name)?;
    let context = named.context.as_ref()?;
    let cluster = kubeconfig
        .clusters
        .iter()
        .find(|cluster| cluster.name == context.cluster)?;
    let user = kubeconfig
        .auth_infos
        .iter()
        .find(|user| Some(user.name.as_str()) == context.user.as_deref())?;
    Some((cluster.cluster.as_ref()?, user.auth_info.as_ref()?))
}

fn check_cluster(cluster: &Cluster) -> Result<(), KubeconfigProblem> {
    if cluster.insecure_skip_tls_verify == Some(true) {
        return Err(KubeconfigProblem::Unverified);
    }
    if cluster.certificate_authority.is_some() {
        return Err(KubeconfigProblem::Files);
    }
    let server = cluster.server.as_deref().unwrap_or_default();
    let server: Uri = server.parse().map_err(|_| KubeconfigProblem::NoServer)?;
    let login = server
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'));
    if server.scheme_str() != Some("https") || server.host().is_none() || login {
        return Err(KubeconfigProblem::NoServer);
    }
    Ok(())
}

fn check_user(user: &AuthInfo) -> Result<(), KubeconfigProblem> {
    if user.exec.is_some() {
        return Err(KubeconfigProblem::Exec);
    }
    if user.auth_provider.is_some() {
        return Err(KubeconfigProblem::AuthProvider);
    }
    if user.token_file.is_some() || user.client_certificate.is_some() || user.client_key.is_some() {
        return Err(KubeconfigProblem::Files);
    }
    let certificate = user.client_certificate_data.is_some() && user.client_key_data.is_some();
    if user.token.is_none() && !certificate {
        return Err(match user.password {
            Some(_) => KubeconfigProblem::Password,
            None => KubeconfigProblem::NoCredentials,
        });
    }
    Ok(())
}

/// Whether the client certificate and its key are what they should be, where there are any.
fn can_sign_in(user: &AuthInfo) -> bool {
    let decoded = |data: &str| STANDARD.decode(data.trim()).ok().map(Zeroizing::new);
    let Some(certificate) = user.client_certificate_data.as_deref() else {
        return true;
    };
    let key = user.client_key_data.as_ref();
    let key = key.and_then(|key| decoded(key.expose_secret()));
    decoded(certificate).is_some_and(|pem| CertificateDer::from_pem_slice(&pem).is_ok())
        && key.is_some_and(|pem| PrivateKeyDer::from_pem_slice(&pem).is_ok())
}

fn problem(error: &KubeconfigError) -> KubeconfigProblem {
    match error {
        KubeconfigError::ParseProxyUrl(_) | KubeconfigError::ParseNoProxy(_) => {
            KubeconfigProblem::Environment
        }
        KubeconfigError::LoadCertificateAuthority(LoadDataError::DecodeBase64(_))
        | KubeconfigError::LoadClientCertificate(_)
        | KubeconfigError::LoadClientKey(_)
        | KubeconfigError::ParseCertificates(_) => KubeconfigProblem::Identity,
        KubeconfigError::MissingClusterUrl | KubeconfigError::ParseClusterUrl(_) => {
            KubeconfigProblem::NoServer
        }
        _ => KubeconfigProblem::Malformed,
    }
}

/// Host and port, for sentences.
pub(super) fn place(server: &Uri) -> String {
    let host = server.host().unwrap_or("an unknown host");
    match server.port_u16() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn is_loopback(server: &Uri) -> bool {
    let host = server.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(cluster: &str, user: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: here\ncontexts:\n- name: here\n  context: \
             {{cluster: c, user: u}}\nclusters:\n- name: c\n  cluster: {cluster}\nusers:\n- name: u\n  user: \
             {user}\n"
        )
    }

    async fn refused(cluster: &str, user: &str) -> Option<KubeconfigProblem> {
        read(&Secret::new(config(cluster, user))).await.err()
    }

    const SERVER: &str = "{server: 'https://k.example.com:6443'}";
    const TOKEN: &str = "{token: canary}";

    #[tokio::test]
    async fn a_token_over_tls_is_taken() {
        let read = read(&Secret::new(config(SERVER, TOKEN)))
            .await
            .expect("a kubeconfig");
        assert_eq!(place(&read.cluster_url), "k.example.com:6443");
        assert!(!read.accept_invalid_certs && !read.default_retry);
    }

    #[tokio::test]
    async fn a_server_that_no_proxy_has_is_gone_to_directly() {
        let of = |cluster: &str| {
            let text = Secret::new(config(cluster, TOKEN));
            async move { read(&text).await }
        };
        let environment = Matcher::builder()
            .all("http://proxy.corp:3128")
            .no("example.com,10.0.0.0/8")
            .build();
        let near = of(SERVER).await.expect("a kubeconfig");
        assert_eq!(proxy(&near, None, &environment), None);
        let near = of("{server: 'https://10.1.2.3:6443'}").await.expect("one");
        assert_eq!(proxy(&near, None, &environment), None);
        let far = of("{server: 'https://k.example.org'}").await.expect("one");
        let through = |uri: Option<Uri>| uri.and_then(|uri| uri.host().map(str::to_owned));
        assert_eq!(
            through(proxy(&far, None, &environment)).as_deref(),
            Some("proxy.corp")
        );
        // The login for it goes with it, whichever variable had it; and an address needs no scheme.
        for (written, wanted) in [
            (
                "http://u:p%40ss@proxy.corp:3128",
                "http://u:p%40ss@proxy.corp:3128/",
            ),
            ("proxy.corp:3128", "http://proxy.corp:3128/"),
            ("socks5://u:p@proxy.corp:1080", "socks5://proxy.corp:1080/"),
        ] {
            let environment = Matcher::builder().https(written).no(".corp").build();
            let through = proxy(&far, None, &environment).map(|uri| uri.to_string());
            assert_eq!(through.as_deref(), Some(wanted));
        }
        // What the kubeconfig names itself stands above the environment.
        let named = Some(Uri::from_static("http://own.corp:3128"));
        assert_eq!(
            through(proxy(&near, named, &environment)).as_deref(),
            Some("own.corp")
        );
        let here = of("{server: 'https://127.0.0.1:6443'}").await.expect("one");
        assert_eq!(proxy(&here, None, &environment), None);
    }

    #[tokio::test]
    async fn what_must_not_be_is_refused_with_its_reason() {
        use KubeconfigProblem as P;
        let exec =
            "{token: t, exec: {command: /bin/touch, apiVersion: client.authentication.k8s.io/v1}}";
        for (cluster, user, wanted) in [
            (SERVER, exec, P::Exec),
            (
                SERVER,
                "{token: t, auth-provider: {name: oidc, config: {}}}",
                P::AuthProvider,
            ),
            (SERVER, "{tokenFile: /etc/passwd}", P::Files),
            (SERVER, "{client-certificate: /a, client-key: /b}", P::Files),
            (SERVER, "{username: me, password: canary}", P::Password),
            (SERVER, "{}", P::NoCredentials),
            (SERVER, "{client-certificate-data: Zm9v}", P::NoCredentials),
            ("{server: 'http://k.example.com'}", TOKEN, P::NoServer),
            (
                "{server: 'https://me:canary@k.example.com'}",
                TOKEN,
                P::NoServer,
            ),
            ("{}", TOKEN, P::NoServer),
            (
                "{server: 'https://k.example.com', insecure-skip-tls-verify: true}",
                TOKEN,
                P::Unverified,
            ),
            (
                "{server: 'https://k.example.com', certificate-authority: /etc/ssl/ca.pem}",
                TOKEN,
                P::Files,
            ),
            (
                "{server: 'https://k.example.com', certificate-authority-data: '%%%'}",
                TOKEN,
                P::Identity,
            ),
        ] {
            assert_eq!(
                refused(cluster, user).await,
                Some(wanted),
                "{cluster} {user}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_no_kubeconfig_is_said_without_quoting_it() {
        for text in ["", "canary", "a: [", "- canary", "current-context: canary"] {
            let problem = read(&Secret::new(text.to_owned())).await.err();
            assert!(
                matches!(
                    problem,
                    Some(KubeconfigProblem::Malformed | KubeconfigProblem::NoContext)
                ),
                "{text:?}: {problem:?}"
            );
            assert!(!format!("{problem:?}").contains("canary"));
        }
    }
}
