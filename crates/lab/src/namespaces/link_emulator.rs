//! Moves packets along a [`Line`]: a thread in a namespace between the two that the line joins.
//!
//! netem does this in the kernel, and is missing from many: containers and small virtual machines have no such module.

use std::{
    io::{self, PipeReader, PipeWriter},
    os::fd::{AsFd, AsRawFd, OwnedFd},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Instant,
};

use nix::{
    errno::Errno,
    ifaddrs::getifaddrs,
    poll::{PollFd, PollFlags, ppoll},
    sys::{
        socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, send, socket},
        time::TimeSpec,
    },
};

use super::{
    error::LabError,
    frame,
    line::{Direction, Line, LineTraffic},
    namespace::Namespace,
    plan::{self, FAR, Interface, NEAR},
    tool::{ip_batch, join},
};

/// More than any frame: a veth's longest packet has 65,535 bytes.
const LONGEST_FRAME: usize = 1 << 16;

/// The most frames taken from one side before the other side has its turn and what is due leaves.
const MOST_AT_ONCE: usize = 64;

/// A line at work. It stops when this is dropped.
#[derive(Debug)]
pub(super) struct LinkEmulator {
    /// Closed to stop the thread.
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
    traffic: Arc<Mutex<LineTraffic>>,
    /// The link emulator's own.
    namespace: Namespace,
}

impl LinkEmulator {
    /// Joins an interface of the core and one at the far end by `line`.
    pub(super) fn start(
        core: (&Namespace, Interface),
        far: (&Namespace, Interface),
        line: Line,
    ) -> Result<Self, LabError> {
        let namespace = Namespace::make()?;
        for (own, (outside, interface)) in [(NEAR, core), (FAR, far)] {
            join((outside, interface), (&namespace, own))?;
            ip_batch(outside, "an end of a line", &plan::end_of_line(interface))?;
        }
        ip_batch(&namespace, "a line", &plan::line())?;
        Self::in_namespace(namespace, line).map_err(LabError::system("move packets along a line"))
    }

    fn in_namespace(namespace: Namespace, line: Line) -> io::Result<Self> {
        let ends =
            namespace.run(|| io::Result::Ok([packet_socket(NEAR.name)?, packet_socket(FAR.name)?]))??;
        let (stopped, stop) = io::pipe()?;
        let traffic = Arc::default();
        let moving = Moving {
            ends,
            directions: [Direction::new(line, 0), Direction::new(line, 1)],
            buffer: vec![0; LONGEST_FRAME],
            traffic: Arc::clone(&traffic),
        };
        let thread = namespace.thread("tincan-line", move || moving.until(&stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread), traffic, namespace })
    }

    /// Between those that the line joins.
    pub(super) fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// What went into the line so far.
    pub(super) fn traffic(&self) -> LineTraffic {
        *self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LinkEmulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed, and there is nobody to pass it on to.
            let _ = thread.join();
        }
    }
}

/// A packet socket that hears and feeds one interface.
fn packet_socket(interface: &str) -> io::Result<OwnedFd> {
    let all = getifaddrs()?;
    let addresses = all.filter(|found| found.interface_name == interface).filter_map(|found| found.address);
    let address = addresses.filter_map(|address| address.as_link_addr().copied()).next();
    let address = address.ok_or_else(|| io::Error::other(format!("there is no interface {interface}")))?;
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let socket = socket(AddressFamily::Packet, SockType::Raw, flags, SockProtocol::EthAll)?;
    // The address names no protocol: the socket keeps the one that it was made with (packet_bind of Linux).
    bind(socket.as_raw_fd(), &address)?;
    Ok(socket)
}

/// The work of the thread. End 0 is the core's. Direction 0 goes from end 0 to end 1, direction 1 back.
struct Moving {
    ends: [OwnedFd; 2],
    directions: [Direction; 2],
    buffer: Vec<u8>,
    traffic: Arc<Mutex<LineTraffic>>,
}

impl Moving {
    fn until(mut self, stopped: &PipeReader) {
        while self.wait(stopped) {
            self.take(0);
            self.take(1);
            // Counted before it leaves: whoever gets a packet finds it counted.
            self.count();
            self.release(0);
            self.release(1);
        }
    }

    fn count(&self) {
        let [down, up] = &self.directions;
        let traffic = LineTraffic { down: down.traffic(), up: up.traffic() };
        *self.traffic.lock().unwrap_or_else(PoisonError::into_inner) = traffic;
    }

    /// Waits until a frame comes or is due; false if the line is to stop.
    fn wait(&self, stopped: &PipeReader) -> bool {
        let due = self.directions.iter().filter_map(Direction::due).min();
        let timeout = due.map(|due| TimeSpec::from(due.saturating_duration_since(Instant::now())));
        let waiting = |fd| PollFd::new(fd, PollFlags::POLLIN);
        let mut awaited = [stopped.as_fd(), self.ends[0].as_fd(), self.ends[1].as_fd()].map(waiting);
        match ppoll(&mut awaited, timeout, None) {
            Ok(_) => awaited[0].any() == Some(false),
            Err(Errno::EINTR) => true,
            Err(_) => false,
        }
    }

    fn take(&mut self, number: usize) {
        for _ in 0..MOST_AT_ONCE {
            // An error is that no frame waits; or that the interface went away, and then this will end soon.
            let received = recv(self.ends[number].as_raw_fd(), &mut self.buffer, MsgFlags::empty());
            let Ok(length) = received else { return };
            let frame = &mut self.buffer[..length];
            frame::write_checksum(frame);
            self.directions[number].take(frame, Instant::now());
        }
    }

    fn release(&mut self, number: usize) {
        let to = self.ends[1 - number].as_raw_fd();
        while let Some(frame) = self.directions[number].release(Instant::now()) {
            if send(to, &frame, MsgFlags::empty()).is_err() {
                self.directions[number].refused();
            }
        }
    }
}
