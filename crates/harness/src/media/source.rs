//! Who sends.

/// Who sent something: a picture, a sound, a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameSource {
    /// The peer's number in the run: no two peers of a run have the same.
    pub peer: u8,
    /// The number drawn for the run; its low 24 bits are sent.
    pub run: u32,
}

impl FrameSource {
    /// Who sends nothing that anybody sees.
    pub const NOBODY: Self = Self { peer: 0, run: 0 };

    /// What the pictures of its screen carry. A quarter of all numbers away, so that they are none of a camera: no run gives out so many.
    #[must_use]
    pub const fn screen(self) -> Self {
        Self { peer: self.peer.wrapping_add(64), run: self.run }
    }
}
