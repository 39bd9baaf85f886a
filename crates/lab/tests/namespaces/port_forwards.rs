//! Ports that lead into a network and out of it, threads and processes in it.

use std::{
    io::{ErrorKind, Read},
    net::{SocketAddr, TcpListener, TcpStream},
    panic::{AssertUnwindSafe, catch_unwind},
    process::{Command, Stdio},
};

use tincan_lab::namespaces::{Namespace, PortForward, Topology};

use crate::{
    Named,
    sockets::{make, says_over_tcp, tcp_echo},
};

pub const TRIALS: &[Named] = &[
    ("port-forward/leads-in", leads_in),
    ("port-forward/leads-out", leads_out),
    ("port-forward/serves-many-at-once", serves_many_at_once),
    ("port-forward/to-nobody-is-closed", to_nobody_is_closed),
    ("port-forward/is-closed-when-dropped", is_closed_when_dropped),
    ("namespace/processes-and-threads-are-inside", processes_and_threads_are_inside),
    ("namespace/a-panic-inside-is-the-callers", a_panic_inside_is_the_callers),
];

fn any_port() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn leads_in() {
    let lab = make(&Topology::home_nat());
    let outside = Namespace::current().unwrap();
    let (target, echo) = tcp_echo(lab.offerer(), any_port());
    let port_forward = PortForward::open((&outside, any_port()), (lab.offerer(), target)).unwrap();
    says_over_tcp(&outside, port_forward.address(), &[7; 300_000]);
    assert!(echo.join().unwrap().ip().is_loopback());
}

fn leads_out() {
    let lab = make(&Topology::home_nat());
    let outside = Namespace::current().unwrap();
    let (target, echo) = tcp_echo(&outside, any_port());
    let port_forward = PortForward::open((lab.answerer(), any_port()), (&outside, target)).unwrap();
    says_over_tcp(lab.answerer(), port_forward.address(), &[7; 300_000]);
    echo.join().unwrap();
}

/// A connection that stays open, as WebDriver's does, does not keep others waiting.
fn serves_many_at_once() {
    let lab = make(&Topology::routed());
    let outside = Namespace::current().unwrap();
    let listener = lab.server().run(|| TcpListener::bind(any_port())).unwrap().unwrap();
    let target = listener.local_addr().unwrap();
    let port_forward = PortForward::open((&outside, any_port()), (lab.server(), target)).unwrap();
    let mut held = Vec::new();
    for _ in 0..5 {
        let near = TcpStream::connect(port_forward.address()).unwrap();
        held.push((near, listener.accept().unwrap()));
    }
    // An end that is closed inside is closed outside.
    for (mut near, far) in held {
        drop(far);
        assert_eq!(near.read(&mut [0; 8]).unwrap(), 0);
    }
}

fn to_nobody_is_closed() {
    let lab = make(&Topology::routed());
    let outside = Namespace::current().unwrap();
    let nobody = "127.0.0.1:9".parse().unwrap();
    let port_forward = PortForward::open((&outside, any_port()), (lab.offerer(), nobody)).unwrap();
    let mut stream = TcpStream::connect(port_forward.address()).unwrap();
    let outcome = stream.read(&mut [0; 8]);
    let closed = matches!(&outcome, Ok(0))
        || outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::ConnectionReset);
    assert!(closed, "{outcome:?}");
}

fn is_closed_when_dropped() {
    let lab = make(&Topology::routed());
    let outside = Namespace::current().unwrap();
    let listener = lab.offerer().run(|| TcpListener::bind(any_port())).unwrap().unwrap();
    let target = listener.local_addr().unwrap();
    let port_forward = PortForward::open((&outside, any_port()), (lab.offerer(), target)).unwrap();
    let address = port_forward.address();
    let _near = TcpStream::connect(address).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    drop(port_forward);
    assert_eq!(far.read(&mut [0; 8]).unwrap(), 0, "open connections end");
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

fn processes_and_threads_are_inside() {
    let lab = make(&Topology::routed());
    let inside = lab.answerer();
    assert_ne!(inside.inode().unwrap(), Namespace::current().unwrap().inode().unwrap());
    let link = format!("net:[{}]", inside.inode().unwrap());
    let mut command = Command::new("readlink");
    command.arg("/proc/self/ns/net").stdout(Stdio::piped());
    let child = inside.spawn(&mut command).unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8_lossy(&said).trim(), link);
    let thread = inside.thread("inside", || Namespace::current().unwrap().inode().unwrap()).unwrap();
    assert_eq!(thread.join().unwrap(), inside.inode().unwrap());
}

fn a_panic_inside_is_the_callers() {
    let lab = make(&Topology::routed());
    let inside = AssertUnwindSafe(lab.offerer());
    let outcome = catch_unwind(|| inside.run(|| panic!("on purpose")));
    assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"on purpose"));
}
