//! Serves a simulated cluster, faults included.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::sandbox::hopsworks::Simulated;
use crate::sandbox::hopsworks::fault::Fault;
use crate::sandbox::hopsworks::routes::{CONTROL, router};

/// What a proxy says of a machine behind it that it cannot reach.
const PROXY_PAGE: &str = "<html><body>The server is temporarily unable to serve you.</body></html>";

/// Accepts until it is aborted; then connections end with it.
pub(super) async fn serve(
    cluster: Simulated,
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
) {
    let router = router(&cluster);
    let acceptor = tls.map(TlsAcceptor::from);
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
        let (cluster, router, acceptor) = (cluster.clone(), router.clone(), acceptor.clone());
        connections.spawn(async move {
            match acceptor {
                None => converse(cluster, router, stream).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => converse(cluster, router, stream).await,
                    Err(error) => tracing::debug!(%error, "a simulated cluster: no TLS came about"),
                },
            }
        });
    }
}

async fn converse(
    cluster: Simulated,
    router: Router,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    let service = service_fn(move |request| answer(cluster.clone(), router.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a simulated cluster: a connection broke");
    }
}

/// An error closes the connection without a word.
async fn answer(
    cluster: Simulated,
    router: Router,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let control = request.uri().path() == CONTROL;
    let fault = if control {
        Fault::None
    } else {
        cluster.fault()
    };
    match fault {
        Fault::None | Fault::KeyRefused | Fault::AnswerLost => {}
        Fault::Slow { millis } => tokio::time::sleep(Duration::from_millis(millis)).await,
        Fault::Closed => return Err(broken()),
        Fault::Answer { status } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            let mut response = Response::new(Body::from(PROXY_PAGE));
            *response.status_mut() = status;
            let html = header::HeaderValue::from_static("text/html");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
            // Where a redirect would lead a client that follows it.
            let elsewhere = header::HeaderValue::from_static("http://127.0.0.1:9/");
            if status.is_redirection() {
                response.headers_mut().insert(header::LOCATION, elsewhere);
            }
            return Ok(response);
        }
    }
    let answered = TowerToHyperService::new(router).call(request).await;
    let response = answered.unwrap_or_else(|never: Infallible| match never {});
    match fault {
        Fault::AnswerLost => Err(broken()),
        _ => Ok(response),
    }
}

fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted)
}
