//! Compiles the shim against the headers of the libvpx that pkg-config names.

use std::{fmt::Display, process::exit};

const OLDEST: &str = "1.8";

fn main() {
    println!("cargo::rerun-if-changed=src/shim.c");
    println!("cargo::rerun-if-changed=src/shim.h");
    let vpx = pkg_config::Config::new().atleast_version(OLDEST).probe("vpx").unwrap_or_else(|e| missing(e));
    cc::Build::new()
        .file("src/shim.c")
        .includes(&vpx.include_paths)
        .warnings_into_errors(false)
        .extra_warnings(true)
        .std("c99")
        .try_compile("tincan_vpx_shim")
        .unwrap_or_else(|error| missing(error));
}

/// Ends the build with what to install, in the lines that cargo shows.
fn missing(error: impl Display) -> ! {
    println!(
        "cargo::error=this takes a C compiler, pkg-config, and libvpx {OLDEST} or later with its headers"
    );
    println!("cargo::error=Debian, Ubuntu: apt install gcc libc6-dev pkg-config libvpx-dev");
    println!("cargo::error=Fedora: dnf install gcc pkgconf-pkg-config libvpx-devel");
    println!(
        "cargo::error=Arch: pacman -S gcc pkgconf libvpx; Alpine: apk add gcc musl-dev pkgconf libvpx-dev"
    );
    for line in error.to_string().lines().filter(|line| !line.trim().is_empty()) {
        println!("cargo::error={line}");
    }
    exit(1);
}
