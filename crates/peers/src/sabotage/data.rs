//! Saboteurs of data channels and their messages.

use tincan_harness::{Role, SignalingMode::Trickle, Stage};

use super::saboteur::{Expected, Means, Saboteur};

/// Of the messages that are sent on the channel `ordered`, `then` is done with the fifth, a text of 1000 bytes: it has `send`,
/// which sends, and `message`.
macro_rules! with_the_fifth_message {
    ($then:literal) => {
        concat!(
            "const native = RTCDataChannel.prototype.send;
            let sent = 0;
            let held = null;
            RTCDataChannel.prototype.send = function (message) {
              const send = (message) => native.call(this, message);
              if (this.label !== 'ordered') return send(message);
              sent += 1;
              if (sent === 5) { ",
            $then,
            " return; }
              send(message);
              if (held !== null) send(held);
              held = null;
            };"
        )
    };
}

/// The page opens its data channels by `open`, from `label` and `options`.
macro_rules! channels_opened_by {
    ($open:literal) => {
        concat!(
            "const native = RTCPeerConnection.prototype.createDataChannel;
            RTCPeerConnection.prototype.createDataChannel = function (label, options) {
              const open = (options) => native.call(this, label, options);
              return ",
            $open,
            ";
            };"
        )
    };
}

/// Every message that comes on a channel that the other side has opened goes back.
const ECHOED: &str = "
    const Native = RTCPeerConnection;
    window.RTCPeerConnection = function (...config) {
      const connection = new Native(...config);
      connection.addEventListener('datachannel', ({ channel }) => {
        channel.addEventListener('message', ({ data }) => channel.send(data));
      });
      return connection;
    };
    window.RTCPeerConnection.prototype = Native.prototype;";

pub(super) const SABOTEURS: &[Saboteur] = &[
    Saboteur {
        name: "data/channel-never-opened",
        does: "the offerer's page never opens one of the data channels",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            // It looks like one that does not open.
            script: channels_opened_by!(
                "label === 'lossy' ? Object.assign(new EventTarget(), { label, readyState: 'connecting' }) : open(options)"
            ),
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::ChannelOpen,
            &["offerer: ", "3 of 4 data channels opened"],
        ),
    },
    Saboteur {
        name: "data/channel-opened-otherwise",
        does: "the offerer's page opens each data channel ordered and reliable, whatever was asked for",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: channels_opened_by!("open({ ...options, ordered: true, maxRetransmits: undefined })"),
        },
        expected: Expected::failed(None, Stage::ChannelOpen, &["opened as ordered, asked for unordered"]),
    },
    Saboteur {
        name: "data/message-never-sent",
        does: "the offerer's page swallows a message",
        mode: Trickle,
        means: Means::Page { at: &[Role::Offerer], script: with_the_fifth_message!("") },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MessagesIdentified,
            &["answerer: ", "message 5 came where 4 was due"],
        ),
    },
    Saboteur {
        name: "data/last-messages-never-sent",
        does: "the answerer's page sends half of the messages of each channel, and then none",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: "const native = RTCDataChannel.prototype.send;
                const sent = new Map();
                RTCDataChannel.prototype.send = function (message) {
                  sent.set(this, (sent.get(this) ?? 0) + 1);
                  if (sent.get(this) <= 7) native.call(this, message);
                };",
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MessagesReceived,
            &["offerer: messages-proven", "answerer: it sent 28 of 1000 messages"],
        ),
    },
    Saboteur {
        name: "data/message-truncated",
        does: "a message of the offerer loses its last letter",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: with_the_fifth_message!("send(message.slice(0, -1));"),
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MessagesIdentified,
            &["answerer: ", "message 4 was cut: "],
        ),
    },
    Saboteur {
        name: "data/message-changed",
        does: "a letter in a message of the answerer becomes another one",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: with_the_fifth_message!("send(message.slice(0, 38) + '?' + message.slice(39));"),
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MessagesIdentified,
            &["offerer: ", "another content than it was sent with"],
        ),
    },
    Saboteur {
        name: "data/message-doubled",
        does: "a message of the answerer is sent twice",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Answerer],
            script: with_the_fifth_message!("send(message); send(message);"),
        },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MessagesIdentified,
            &["offerer: ", "message 4 came twice"],
        ),
    },
    Saboteur {
        name: "data/messages-reordered",
        does: "on a channel that keeps the order, a message of the offerer is sent after the next one",
        mode: Trickle,
        means: Means::Page { at: &[Role::Offerer], script: with_the_fifth_message!("held = message;") },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MessagesIdentified,
            &["answerer: ", "message 5 came where 4 was due"],
        ),
    },
    Saboteur {
        name: "data/text-sent-as-binary",
        does: "a text of the offerer is sent as the bytes that it is made of",
        mode: Trickle,
        means: Means::Page {
            at: &[Role::Offerer],
            script: with_the_fifth_message!("send(new TextEncoder().encode(message));"),
        },
        expected: Expected::failed(
            Some(Role::Answerer),
            Stage::MessagesIdentified,
            &["answerer: ", "1000 bytes came as binary"],
        ),
    },
    Saboteur {
        name: "data/own-messages-come-back",
        does: "the answerer's page sends back what comes",
        mode: Trickle,
        means: Means::Page { at: &[Role::Answerer], script: ECHOED },
        expected: Expected::failed(
            Some(Role::Offerer),
            Stage::MessagesIdentified,
            &["offerer: ", "that this peer has sent itself"],
        ),
    },
];
