//! The programs that set up networks: `ip` of iproute2, and `nft` of nftables.
//!
//! A crate for each, rtnetlink and one for nftables, would bring a dozen packages for what two programs do that every
//! distribution has; and the crates for nftables are under the GPL or call `nft` themselves.

use std::{
    env,
    io::{self, Write},
    process::{Command, Output, Stdio},
};

use super::{error::LabError, namespace::Namespace, plan::Interface, privilege};

/// `ip`, with the links, addresses and routes of a namespace, one command a line.
pub(super) fn ip_batch(inside: &Namespace, what: &str, batch: &str) -> Result<(), LabError> {
    let mut command = Program::IP.command();
    command.args(["-batch", "-"]);
    fed(inside, Program::IP, what, command, batch)
}

/// `nft`, with a set of rules.
pub(super) fn nft(inside: &Namespace, what: &str, rules: &str) -> Result<(), LabError> {
    let mut command = Program::NFT.command();
    command.args(["-f", "-"]);
    fed(inside, Program::NFT, what, command, rules)
}

/// Joins two namespaces by a pair of interfaces.
pub(super) fn join(left: (&Namespace, Interface), right: (&Namespace, Interface)) -> Result<(), LabError> {
    let ((inside, left), (other, right)) = (left, right);
    let what = format!("the link from {} to {}", left.name, right.name);
    // The other namespace comes as standard input: an ordinary user's program may not look at our descriptors.
    let other = other.file().map_err(LabError::system(format!("set up {what}")))?;
    let mut command = Program::IP.command();
    let (left_index, right_index) = (left.index.to_string(), right.index.to_string());
    command.args(["link", "add", left.name, "index", &left_index, "type", "veth"]);
    command.args(["peer", "name", right.name, "index", &right_index, "netns", "/proc/self/fd/0"]);
    command.stdin(other);
    let output = in_namespace(inside, Program::IP, &what, move || command.output())?;
    judge(Program::IP, &what, output)
}

#[derive(Clone, Copy)]
struct Program {
    name: &'static str,
    package: &'static str,
}

impl Program {
    const IP: Self = Self { name: "ip", package: "iproute2" };
    const NFT: Self = Self { name: "nft", package: "nftables" };

    fn command(self) -> Command {
        // Where such programs are, which ordinary users do not look through on every distribution.
        let mut path = env::var_os("PATH").unwrap_or_default();
        path.push(":/usr/sbin:/sbin");
        let mut command = Command::new(self.name);
        command.env("PATH", path);
        command
    }
}

fn fed(
    inside: &Namespace,
    program: Program,
    what: &str,
    mut command: Command,
    input: &str,
) -> Result<(), LabError> {
    let output = in_namespace(inside, program, what, move || {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child?;
        // A program that ends without reading all says why: that is worth more than a broken pipe.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
        child.wait_with_output()
    })?;
    judge(program, what, output)
}

fn in_namespace(
    inside: &Namespace,
    program: Program,
    what: &str,
    work: impl FnOnce() -> io::Result<Output> + Send,
) -> Result<Output, LabError> {
    let output = inside.run(|| {
        privilege::hand_down_network_rights()?;
        work()
    });
    output.and_then(|output| output).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => LabError::Missing { program: program.name, package: program.package },
        _ => LabError::System { what: format!("run `{}` for {what}", program.name), source },
    })
}

fn judge(program: Program, what: &str, output: Output) -> Result<(), LabError> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(LabError::Refused { program: program.name, network: what.to_owned(), said })
}
