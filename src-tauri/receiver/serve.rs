//! Listening, and stopping without dropping anything.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::receiver::callers::Peer;
use crate::receiver::context::Context;
use crate::receiver::keys::Reporting;
use crate::receiver::limits::BUFFER;
use crate::receiver::read_back::ReadingBack;
use crate::receiver::taking::Taking;
use crate::receiver::trail::Verifying;
use crate::receiver::worker::keep;
use crate::receiver::{alerts, inbox, outbox, routes, seats, snapshots};
use crate::usecases::keep_rollups::keep_rollups;

/// Serves until `stop` is done; then accepts nobody new, lets requests under way and the workers end, and
/// closes the database; all within [`crate::receiver::limits::Limits::drain`]. HTTP/1.1 only: that is what webhooks and proxies speak, and one protocol less to
/// defend.
pub async fn serve(context: Context, listener: TcpListener, stop: impl Future<Output = ()>) {
    let limits = context.parts.limits;
    let (stopping, stopped) = watch::channel(false);
    let mut workers = JoinSet::new();
    workers.spawn(keep(inbox::Applying, context.clone(), stopped.clone()));
    workers.spawn(keep(outbox::Executing, context.clone(), stopped.clone()));
    workers.spawn(keep(
        ReadingBack::default(),
        context.clone(),
        stopped.clone(),
    ));
    workers.spawn(keep(seats::Placing, context.clone(), stopped.clone()));
    workers.spawn(keep(snapshots::Looking, context.clone(), stopped.clone()));
    workers.spawn(keep(Reporting::default(), context.clone(), stopped.clone()));
    workers.spawn(keep(
        alerts::Alerting::default(),
        context.clone(),
        stopped.clone(),
    ));
    workers.spawn(keep(Verifying::default(), context.clone(), stopped));
    let parts = &context.parts;
    let keeping = tokio::spawn(keep_rollups(parts.store.clone(), Arc::clone(&parts.clock)));

    let connections = GracefulShutdown::new();
    accept(&context, &listener, &connections, stop).await;
    // Whoever knocks from now on should be refused at once, and go to another replica.
    drop(listener);
    tracing::info!("stopping: requests under way may end");
    let end = Instant::now() + limits.drain;
    let requests = tokio::time::timeout_at(end - limits.drain / 5, connections.shutdown());
    if requests.await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
    }

    // Given up wherever it is: what was not committed is counted by whoever comes next.
    keeping.abort();
    let _ = stopping.send(true);
    let rest = async {
        // They have been told to stop; how they ended matters no more.
        while workers.join_next().await.is_some() {}
        context.parts.store.close().await;
    };
    if tokio::time::timeout_at(end, rest).await.is_err() {
        // Nothing is lost: what was not committed is still pending.
        workers.abort_all();
        tracing::warn!("the database did not let go in time");
    }
    tracing::info!("stopped");
}

async fn accept(
    context: &Context,
    listener: &TcpListener,
    connections: &GracefulShutdown,
    stop: impl Future<Output = ()>,
) {
    let limits = context.parts.limits;
    let router = routes::router(context);
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(BUFFER);
    let mut stop = pin!(stop);
    loop {
        let next = async {
            // Closed it is never; without a slot, connections wait in the kernel's queue.
            let slot = slots.clone().acquire_owned().await.ok()?;
            Some((slot, next_connection(listener).await))
        };
        let (slot, (stream, peer)) = tokio::select! {
            next = next => match next {
                Some(next) => next,
                None => return,
            },
            () = &mut stop => return,
        };
        let answering = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            answering.call(request)
        });
        let stream = TokioIo::new(Taking::new(stream, limits.taken));
        let connection = connections.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Clients that hang up or dawdle: nobody's fault here.
                tracing::debug!(%error, "a connection broke");
            }
            drop(slot);
        });
    }
}

async fn next_connection(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are small; waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) => {
                // A client that is gone already, or no file descriptor left: that passes.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
