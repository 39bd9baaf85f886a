//! Compiles the shims against the headers of the libraries that pkg-config names.

use std::{fmt::Display, path::PathBuf, process::exit};

const OLDEST: &str = "1.8";

/// What is built in where it is there: its name for pkg-config, its oldest version, the cfg that says so, its shim.
const OTHERS: [(&str, &str, &str, &str); 2] =
    [("aom", "3.2", "has_aom", "src/shim.c"), ("openh264", "2.0", "has_openh264", "src/openh264.c")];

fn main() {
    for file in ["src/shim.c", "src/shim.h", "src/openh264.c"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let vpx = pkg_config::Config::new().atleast_version(OLDEST).probe("vpx").unwrap_or_else(|e| missing(e));
    compile("src/shim.c", "tincan_vpx_shim", None, &vpx.include_paths);
    for (name, oldest, cfg, shim) in OTHERS {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if let Ok(found) = pkg_config::Config::new().atleast_version(oldest).probe(name) {
            let define = (name == "aom").then_some("TINCAN_AOM");
            compile(shim, &format!("tincan_{name}_shim"), define, &found.include_paths);
            println!("cargo::rustc-cfg={cfg}");
        }
    }
}

fn compile(file: &str, library: &str, define: Option<&str>, include: &[PathBuf]) {
    let mut build = cc::Build::new();
    build.file(file).includes(include).warnings_into_errors(false).extra_warnings(true).std("c99");
    if let Some(define) = define {
        build.define(define, None);
    }
    build.try_compile(library).unwrap_or_else(|error| missing(error));
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
