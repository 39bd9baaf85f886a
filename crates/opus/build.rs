//! Links the libopus that pkg-config names.

use std::process::exit;

const OLDEST: &str = "1.1";

fn main() {
    let Err(error) = pkg_config::Config::new().atleast_version(OLDEST).probe("opus") else { return };
    println!("cargo::error=this takes pkg-config, and libopus {OLDEST} or later with its headers");
    println!("cargo::error=Debian, Ubuntu: apt install pkg-config libopus-dev");
    println!("cargo::error=Fedora: dnf install pkgconf-pkg-config opus-devel");
    println!("cargo::error=Arch: pacman -S pkgconf opus; Alpine: apk add pkgconf opus-dev");
    for line in error.to_string().lines().filter(|line| !line.trim().is_empty()) {
        println!("cargo::error={line}");
    }
    exit(1);
}
