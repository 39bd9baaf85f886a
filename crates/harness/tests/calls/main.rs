//! What is made of calls between scripted peers: the exchange, the verdict on it, and the diagnosis.

mod by_page;
mod changes;
mod data;
mod diagnosis;
mod directions;
mod exchange;
mod handover;
mod read_back;
mod verdict;
