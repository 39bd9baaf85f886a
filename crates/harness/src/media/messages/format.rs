//! What stands in a message.

use crc::{CRC_32_ISO_HDLC, Crc};

use super::plan::{Form, Planned};
use crate::media::frames::{FrameCode, FrameSource};

/// How long a head is, in bytes; twice as long in a text.
pub const HEAD: usize = 19;
/// What stands between the numbers in the filler of a text: a tin can, three bytes in UTF-8.
pub const SEPARATOR: char = '\u{7f36}';
/// What a text is filled up with where no number fits.
pub const PADDING: char = '.';

const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// How long the head of such a message is.
const fn head_of(form: Form) -> usize {
    match form {
        Form::Text => 2 * HEAD,
        Form::Binary => HEAD,
    }
}

/// What stands in the head of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageCode {
    /// Who sent it.
    pub source: FrameSource,
    /// The place of its channel in the plan.
    pub channel: u8,
    /// Its place among the messages of that channel.
    pub counter: u16,
    /// How long it was when it was sent, in bytes.
    pub length: u32,
    /// The checksum of its filler.
    pub filler: u32,
}

impl MessageCode {
    /// The head.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEAD] {
        let FrameSource { peer, run } = FrameCode::new(self.source, 0).source;
        let mut head = [0; HEAD];
        head[..4].copy_from_slice(&(u32::from(peer) << 24 | run).to_be_bytes());
        head[4] = self.channel;
        head[5..7].copy_from_slice(&self.counter.to_be_bytes());
        head[7..11].copy_from_slice(&self.length.to_be_bytes());
        head[11..15].copy_from_slice(&self.filler.to_be_bytes());
        let checksum = CHECKSUM.checksum(&head[..15]);
        head[15..].copy_from_slice(&checksum.to_be_bytes());
        head
    }

    /// Reads a head; none if its checksum is wrong.
    #[must_use]
    pub fn from_bytes(head: [u8; HEAD]) -> Option<Self> {
        let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let source = FrameSource { peer: head[0], run: word(0) & 0xFF_FFFF };
        let counter = u16::from_be_bytes([head[5], head[6]]);
        let code = Self { source, channel: head[4], counter, length: word(7), filler: word(11) };
        (word(15) == CHECKSUM.checksum(&head[..15])).then_some(code)
    }
}

/// What was read of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// How it came.
    pub form: Form,
    /// How long it was, in bytes.
    pub length: u32,
    /// Its head; none if it has no valid one.
    pub code: Option<MessageCode>,
    /// The checksum of what stands behind the head.
    pub filler: u32,
}

impl Message {
    /// Reads a message.
    #[must_use]
    pub fn read(form: Form, bytes: &[u8]) -> Self {
        let (head, filler) = bytes.split_at(head_of(form).min(bytes.len()));
        let head = match form {
            Form::Binary => head.try_into().ok(),
            Form::Text => std::str::from_utf8(head).ok().and_then(from_hexadecimal),
        };
        let length = bytes.len().try_into().unwrap_or(u32::MAX);
        Self { form, length, code: head.and_then(MessageCode::from_bytes), filler: CHECKSUM.checksum(filler) }
    }

    /// One of which somebody else has read the head, in hexadecimal, and summed up the filler.
    #[must_use]
    pub fn of_parts(form: Form, length: u32, head: &str, filler: u32) -> Self {
        Self { form, length, code: from_hexadecimal(head).and_then(MessageCode::from_bytes), filler }
    }
}

fn from_hexadecimal(text: &str) -> Option<[u8; HEAD]> {
    let mut head = [0; HEAD];
    // Two ASCII characters a byte, or it is no hexadecimal.
    if text.len() != 2 * HEAD || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in head.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(head)
}

/// The message `counter` of `channel` by `source`: the bytes of a binary one, or those of a text in UTF-8.
#[must_use]
pub fn encode(source: FrameSource, channel: u8, counter: u16, Planned { form, size }: Planned) -> Vec<u8> {
    if size == 0 {
        return Vec::new();
    }
    let room = (size as usize).saturating_sub(head_of(form));
    let filler = match form {
        Form::Text => text_filler(counter, room).into_bytes(),
        Form::Binary => binary_filler(counter, room),
    };
    let length = (head_of(form) + filler.len()).try_into().unwrap_or(u32::MAX);
    let checksum = CHECKSUM.checksum(&filler);
    let head = MessageCode { source, channel, counter, length, filler: checksum }.to_bytes();
    let head = match form {
        Form::Text => head.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(),
        Form::Binary => head.to_vec(),
    };
    [head, filler].concat()
}

/// Numbers that rise from `counter`: no part of it is another one's, and none comes twice.
fn text_filler(counter: u16, room: usize) -> String {
    let mut filler = String::with_capacity(room);
    for number in u32::from(counter).. {
        let word = format!("{number:x}{SEPARATOR}");
        if filler.len() + word.len() > room {
            break;
        }
        filler.push_str(&word);
    }
    filler.extend(std::iter::repeat_n(PADDING, room - filler.len()));
    filler
}

/// The high bytes of a linear congruential generator (Numerical Recipes) that begins with `counter`.
fn binary_filler(counter: u16, room: usize) -> Vec<u8> {
    let mut state = u32::from(counter);
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..room).map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::plan::{LARGEST, SMALLEST},
        *,
    };

    const SOURCE: FrameSource = FrameSource { peer: 3, run: 77 };

    fn sent(form: Form, size: u32) -> Vec<u8> {
        encode(SOURCE, 2, 5, Planned { form, size })
    }

    #[test]
    fn what_is_sent_is_read_and_is_as_long_as_it_was_to_be() {
        for form in [Form::Text, Form::Binary] {
            for size in [SMALLEST, 39, 40, 41, 42, 43, 1200, 65_536, LARGEST] {
                let bytes = sent(form, size);
                let read = Message::read(form, &bytes);
                let code = read.code.unwrap();
                assert_eq!((bytes.len(), read.length, code.length), (size as usize, size, size));
                assert_eq!((code.source, code.channel, code.counter), (SOURCE, 2, 5));
                assert_eq!(code.filler, read.filler, "{form} of {size}");
            }
            assert_eq!(sent(form, 0), b"");
            assert_eq!(Message::read(form, b"").code, None);
        }
        assert!(std::str::from_utf8(&sent(Form::Text, LARGEST)).unwrap().contains(SEPARATOR));
    }

    #[test]
    fn what_was_cut_or_changed_is_seen() {
        for form in [Form::Text, Form::Binary] {
            let whole = sent(form, 200);
            let cut = Message::read(form, &whole[..199]);
            assert!(cut.code.is_some_and(|code| code.length == 200 && code.filler != cut.filler));
            for at in 0..whole.len() {
                let mut changed = whole.clone();
                changed[at] ^= 1;
                let read = Message::read(form, &changed);
                assert!(read.code.is_none_or(|code| code.filler != read.filler), "byte {at} of a {form}");
            }
        }
    }

    #[test]
    fn a_head_that_somebody_else_has_read_is_the_same() {
        let text = sent(Form::Text, 100);
        let read = Message::read(Form::Text, &text);
        let head = std::str::from_utf8(&text[..2 * HEAD]).unwrap();
        assert_eq!(Message::of_parts(Form::Text, 100, head, read.filler), read);
        assert_eq!(Message::of_parts(Form::Text, 100, "zz", read.filler).code, None);
    }
}
