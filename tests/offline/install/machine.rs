//! A machine made up of a PATH: scripts stand for browsers, drivers and apt.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;
use tincan_tests::root;

/// What the scripts themselves call.
const TOOLS: [&str; 23] = [
    "bash", "cat", "chmod", "cut", "dirname", "dpkg", "env", "grep", "head", "id", "ldd", "ls", "mkdir",
    "mktemp", "python3", "rm", "sed", "sh", "sort", "timeout", "touch", "true", "uname",
];

/// A machine with these tools alone on its PATH.
pub struct Machine {
    /// All that there is of it.
    pub folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Machine {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Self { folder, environment: Vec::new() };
        fs::create_dir(machine.path()).unwrap();
        for tool in TOOLS {
            let found = ["/usr/bin", "/bin"].map(|place| Path::new(place).join(tool));
            let found = found.into_iter().find(|file| file.exists());
            if let Some(file) = found {
                symlink(file, machine.path().join(tool)).unwrap();
            }
        }
        machine.with("firefox-esr", "echo 'Mozilla Firefox 153.7.0esr'")
    }

    pub fn without(self, name: &str) -> Self {
        fs::remove_file(self.path().join(name)).unwrap();
        self
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("bin")
    }

    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache/tincan/chrome-for-testing")
    }

    /// Adds a program that does this, in place of a tool of the same name.
    pub fn with(self, name: &str, script: &str) -> Self {
        let file = self.path().join(name);
        let _ = fs::remove_file(&file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    pub fn with_version(self, name: &str, version: &str) -> Self {
        self.with(name, &format!("echo 'Chromium {version} built on nothing'"))
    }

    pub fn told(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// apt, which has these packages and brings a program of the package's name, but for the driver's.
    pub fn with_apt(self, packages: &[&str]) -> Self {
        let bin = self.path().display().to_string();
        let known = packages.join("|");
        let policy = format!(
            "case \"$1 $2\" in policy\\ *) case \"$2\" in {known}) echo '  Candidate: 156.0.1';; \
             *) echo '  Candidate: (none)';; esac;; esac"
        );
        let install = format!(
            "echo \"$*\" >>{bin}/../apt.log; case \"$*\" in *install*) for name; do case \"$name\" in \
             chromium-driver) name=chromedriver;; chromium*|firefox*) ;; *) continue;; esac; \
             printf '#!/bin/sh\\necho Chromium 156.0.1.1\\n' >{bin}/$name; chmod +x {bin}/$name; done;; esac"
        );
        let sudo = "[ \"$1\" = -n ] && shift; exec \"$@\"";
        self.with("apt-cache", &policy).with("apt-get", &install).with("sudo", sudo)
    }

    pub fn run(&self, script: &str, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new("/bin/bash");
        if ["chrome-for-testing", "releases"].contains(&script) {
            command = Command::new("python3");
        }
        command.arg(root().join("ci").join(script)).args(arguments).env_clear().env("PATH", self.path());
        command.env("HOME", self.folder.path()).env("XDG_CACHE_HOME", self.folder.path().join("cache"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let Output { status, stderr, stdout } = command.output().unwrap();
        let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
        (status.code().unwrap_or(-1), said.into_owned())
    }

    /// Runs `ci/install browser`, which has to find all there is to find and say nothing.
    #[track_caller]
    pub fn has_all(&self) {
        assert_eq!(self.run("install", &["browser"]), (0, String::new()));
    }

    pub fn installed(&self) -> String {
        fs::read_to_string(self.folder.path().join("apt.log")).unwrap_or_default()
    }
}
