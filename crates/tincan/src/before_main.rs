//! What comes before `main`.

/// Lets a process that was started as a warden be one: a test has no `main` in which that could be seen.
#[ctor::ctor(unsafe)]
fn before_main() {
    tincan_peers::warden::enter();
}
