//! The tests that need no browser.

mod abilities;
mod bugs;
mod calls;
mod circles;
mod cli;
mod compare;
mod docs;
mod drivers;
mod evidence;
mod history;
mod house;
mod html;
mod install;
mod matrix;
mod page_server;
mod programs;
mod report;
mod sabotage;
mod sdp;
mod snapshot;
