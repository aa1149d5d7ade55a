//! Serves a simulated API server over TLS, faults included.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rustls::RootCertStore;
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::sandbox::kubernetes::fault::Fault;
use crate::sandbox::kubernetes::routes::{CONTROL, Recognised, router};
use crate::sandbox::kubernetes::{Identity, Simulated};

/// What it shows is decided with every connection.
#[derive(Debug)]
struct Shown {
    cluster: Simulated,
    identity: Identity,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(match self.cluster.fault() {
            Fault::ExpiredCertificate => &self.identity.expired,
            Fault::UnknownCertificate => &self.identity.foreign,
            _ => &self.identity.shown,
        }))
    }
}

impl std::fmt::Debug for Simulated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Simulated Kubernetes")
    }
}

pub(super) fn tls(cluster: Simulated, identity: Identity) -> Result<TlsAcceptor, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut users = RootCertStore::empty();
    users.add(identity.clients.clone())?;
    let users = WebPkiClientVerifier::builder_with_provider(Arc::new(users), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(users)
        .with_cert_resolver(Arc::new(Shown { cluster, identity }));
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts until it is aborted; then connections end with it.
pub(super) async fn serve(cluster: Simulated, listener: TcpListener, tls: TlsAcceptor) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            // No file descriptor left, or somebody who hung up at once.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        connections.spawn(converse(cluster.clone(), tls.clone(), stream));
    }
}

async fn converse(cluster: Simulated, tls: TlsAcceptor, stream: TcpStream) {
    let stream = match tls.accept(stream).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(%error, "a simulated API server: no TLS came about");
            return;
        }
    };
    let certified = stream.get_ref().1.peer_certificates().is_some();
    let service = service_fn(move |request| answer(cluster.clone(), certified, request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a simulated API server: a connection broke");
    }
}

/// An error closes the connection without a word.
async fn answer(
    cluster: Simulated,
    certified: bool,
    mut request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    if request.uri().path() != CONTROL {
        match cluster.fault() {
            Fault::Closed => return Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            Fault::Slow { millis } => tokio::time::sleep(Duration::from_millis(millis)).await,
            Fault::Silent => {
                while cluster.fault() == Fault::Silent {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            _ => {}
        }
    }
    if certified {
        request.extensions_mut().insert(Recognised);
    }
    let answered = TowerToHyperService::new(router(&cluster))
        .call(request)
        .await;
    Ok(answered.unwrap_or_else(|never: Infallible| match never {}))
}
