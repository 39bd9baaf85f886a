//! TCP ports that lead from one namespace into another.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    thread::JoinHandle,
};

use tokio::{io::copy_bidirectional, net::TcpStream, runtime, sync::oneshot};

use super::{error::LabError, namespace::Namespace};

/// A TCP port in one namespace that leads to an address in another. Bytes are copied, so neither namespace gets an
/// interface by it: no peer finds a candidate there.
///
/// A WebDriver inside is spoken to from outside by one that listens outside; a page server outside is opened inside by one
/// that listens on the loopback address inside, where the page is a secure context. A connection that the far end does not
/// take is closed. When this is dropped, the port and its connections are closed.
#[derive(Debug)]
pub struct PortForward {
    address: SocketAddr,
    /// Dropped to stop the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PortForward {
    /// Listens on an address in `from`, and connects to one in `to` for each connection that comes. With port 0 to listen
    /// on, a free one is taken.
    ///
    /// # Errors
    /// [`LabError::System`] if the address cannot be listened on.
    pub fn open(from: (&Namespace, SocketAddr), to: (&Namespace, SocketAddr)) -> Result<Self, LabError> {
        let (source, target) = (from.1, to.1);
        let opened = listen(from).and_then(|listener| Self::between(listener, to));
        opened.map_err(LabError::system(format!("forward a port from {source} to {target}")))
    }

    fn between(listener: TcpListener, to: (&Namespace, SocketAddr)) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let target = to.1;
        // A socket belongs to the namespace of the thread that makes it: the runtime stays on this one.
        let thread = to.0.thread("tincan-forward", move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, target) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where this listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for PortForward {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed, and there is nobody to pass it on to.
            let _ = thread.join();
        }
    }
}

fn listen((inside, address): (&Namespace, SocketAddr)) -> io::Result<TcpListener> {
    let listener = inside.run(|| TcpListener::bind(address))??;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Ends when no connection can be accepted any more, as when this process has too many files open: then the port closes,
/// and whoever comes is refused.
async fn serve(listener: TcpListener, target: SocketAddr) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    while let Ok((mut near, _)) = listener.accept().await {
        tokio::spawn(async move {
            if let Ok(mut far) = TcpStream::connect(target).await {
                // WebDriver's messages are small, and each waits for the one before.
                let _ = near.set_nodelay(true).and_then(|()| far.set_nodelay(true));
                // Either end may close as it likes: that is carried over, and is no error here.
                let _ = copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}
