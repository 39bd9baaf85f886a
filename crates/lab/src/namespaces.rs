//! Networks made of Linux namespaces: two peers, a server, and routers, address translators and lines between them.
//!
//! ```text
//! offerer -- gateway --+        +-- gateway -- answerer
//!                      +- core -+
//!                          |
//!                        server
//! ```
//!
//! Every [`Topology`] has this shape and the same addresses ([`Addresses`]). The gateways route or translate, and each of
//! the three lines to the core is a plain cable or a [`Line`] with delay, jitter and loss. A peer's namespace has
//! the loopback interface and `eth0`, and nothing else: whatever one more interface had for an address would be offered
//! as a candidate. [`PortForward`]s lead in and out instead.
//!
//! The namespaces have no names. They are held by file descriptors of this process and by what runs in them, so the
//! kernel removes them, with their interfaces and rules, at whatever end this process and what it started come to.
//!
//! It takes Linux, iproute2, nftables where addresses are translated or packets dropped, and root or an ordinary user
//! who may make user namespaces. Such a user's programme calls [`enter`] first of all in `main`.

mod error;
mod frame;
mod lab;
mod line;
mod link_emulator;
mod links;
mod namespace;
mod plan;
mod port_forward;
mod privilege;
mod tool;
mod topology;

pub use self::{
    error::LabError,
    lab::Lab,
    line::{Line, LineTraffic, Traffic},
    namespace::Namespace,
    plan::Addresses,
    port_forward::PortForward,
    privilege::enter,
    topology::{Family, Gateways, Topology},
};
