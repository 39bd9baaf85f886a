//! Sockets in namespaces.

use std::{
    io::{ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    thread::JoinHandle,
    time::Duration,
};

use tincan_lab::namespaces::{Lab, Namespace, Topology};

/// Long enough for a packet that comes, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);
/// Long enough to see that none comes: a packet takes less than a millisecond.
const SILENCE: Duration = Duration::from_millis(300);

pub fn make(topology: &Topology) -> Lab {
    Lab::make(topology).unwrap_or_else(|error| panic!("failed to {error}"))
}

/// A UDP socket on the port, on all addresses of the family of `like`.
pub fn udp(inside: &Namespace, like: IpAddr, port: u16) -> UdpSocket {
    let all = if like.is_ipv4() { "0.0.0.0".parse() } else { "::".parse() };
    let address = SocketAddr::new(all.unwrap(), port);
    let socket = inside.run(|| UdpSocket::bind(address)).unwrap().unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// The next datagram, with its sender.
pub fn received(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 2048];
    let (length, from) =
        socket.recv_from(&mut buffer).unwrap_or_else(|error| panic!("nothing came: {error}"));
    (buffer[..length].to_vec(), from)
}

/// Fails if a datagram comes.
pub fn stays_silent(socket: &UdpSocket) {
    socket.set_read_timeout(Some(SILENCE)).unwrap();
    let outcome = socket.recv_from(&mut [0; 2048]);
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    match outcome {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
        other => panic!("it did not stay silent: {other:?}"),
    }
}

/// A TCP server that sends back what the first connection says, until that ends; it yields who it was.
pub fn tcp_echo(inside: &Namespace, address: SocketAddr) -> (SocketAddr, JoinHandle<SocketAddr>) {
    let listener = inside.run(|| TcpListener::bind(address)).unwrap().unwrap();
    let bound = listener.local_addr().unwrap();
    let echo = move || {
        let (mut stream, from) = listener.accept().unwrap();
        let mut buffer = [0; 65536];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            stream.write_all(&buffer[..length]).unwrap();
        }
        from
    };
    (bound, inside.thread("echo", echo).unwrap())
}

/// Says `message` over TCP and hears it back.
pub fn says_over_tcp(inside: &Namespace, to: SocketAddr, message: &[u8]) {
    let stream = inside.run(|| TcpStream::connect_timeout(&to, PATIENCE)).unwrap();
    let mut stream = stream.unwrap_or_else(|error| panic!("no connection to {to}: {error}"));
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut heard = vec![0; message.len()];
    let mut writing = stream.try_clone().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || writing.write_all(message).unwrap());
        stream.read_exact(&mut heard).unwrap();
    });
    assert!(heard == message, "what came back is not what was said");
}
