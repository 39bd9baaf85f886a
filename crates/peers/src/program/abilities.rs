//! What a program has said of itself, as the registry has it.

use tincan_harness::{
    Abilities, Detail, Profile, ReadBack,
    abilities::{Servers, Signalling, both_ways},
    profile::{Library, MediaBy, Program},
};

use super::{
    protocol::{self, Hello, Signals},
    spec::ProgramSpec,
};

/// The profile of the program of `spec`, which has said `hello`.
pub(super) fn profile(spec: &ProgramSpec, hello: &Hello) -> Profile {
    let library = Library { name: hello.library.name.clone(), version: hello.library.version.clone() };
    let program = Program {
        command: spec.command.clone(),
        media: hello.abilities.media,
        stamped_on_arrival: !hello.stamps,
    };
    Profile {
        library: Some(library),
        program: Some(program),
        known_faults: hello.known_faults.clone(),
        ..Profile::new(spec.name, abilities(&hello.abilities))
    }
}

fn abilities(said: &protocol::Abilities) -> Abilities {
    Abilities {
        page: false,
        sends: said.sends.iter().copied().collect(),
        receives: said.receives.iter().copied().collect(),
        // It is told of one video, and of no direction.
        directions: both_ways(),
        rejects_rest: false,
        without_media: false,
        offers: said.offerer.map(signalling),
        answers: said.answerer.map(signalling),
        servers: Servers {
            stun: said.stun.iter().copied().collect(),
            turn: said.turn.iter().copied().collect(),
            relay_only: said.relay_only,
        },
        resolves_names: said.resolves_names,
        acts: said.acts.iter().copied().collect(),
        renegotiates: said.renegotiates,
        reads_back: reads_back(said),
    }
}

fn signalling(said: Signals) -> Signalling {
    let Signals { gathers_first, trickles, takes_candidates } = said;
    Signalling { gathers_first, trickles, takes_candidates }
}

/// What only somebody at its sockets or beside its library could tell is not asked of its statistics.
pub(super) fn reads_back(said: &protocol::Abilities) -> ReadBack {
    let cannot = [Detail::GivenDescription, Detail::GatheredCandidates, Detail::Packets];
    let decodes = said.media == MediaBy::Own;
    let untold = Detail::ALL.into_iter().filter(|detail| {
        let told = said.tells.contains(detail) && !cannot.contains(detail);
        !told || (*detail == Detail::DecodedFrames && !decodes)
    });
    ReadBack::everything().without(&untold.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tincan_harness::{Flow, VideoCodec};

    use super::*;

    #[test]
    fn what_is_not_named_it_cannot_do() {
        let hello = json!({ "protocol": 1, "library": { "name": "mine", "version": "0.1" }, "abilities": {
            "answerer": { "gathersFirst": true }, "media": "rtp", "sends": ["vp8"], "receives": [],
            "tells": ["selected-pair", "decoded-frames", "packets"] } });
        let hello: Hello = serde_json::from_value(hello).unwrap();
        let spec = ProgramSpec { name: "mine".parse().unwrap(), command: "./mine".to_owned() };
        let profile = profile(&spec, &hello);
        let abilities = &profile.abilities;
        assert_eq!((abilities.offers, abilities.sends.contains(&Flow::Video(VideoCodec::Vp8))), (None, true));
        let answers = abilities.answers.unwrap();
        assert!(answers.gathers_first && !answers.trickles && !answers.takes_candidates);
        assert!(abilities.receives.is_empty() && abilities.servers == Servers::default());
        let told: Vec<_> =
            Detail::ALL.into_iter().filter(|detail| abilities.reads_back.tells(*detail)).collect();
        assert_eq!(told, [Detail::SelectedPair], "only tincan decodes, and nobody sees its sockets");
        let program = profile.program.unwrap();
        assert!(program.stamped_on_arrival && program.media == MediaBy::Rtp);
    }
}
