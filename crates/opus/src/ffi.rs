//! The declarations of `opus.h`, and what makes them safe to use: states that are freed once, and errors as values.

use std::{
    ffi::{CStr, c_char, c_int},
    ptr::{self, NonNull},
};

use crate::error::OpusError;

/// `OpusEncoder`, which only C looks into.
#[repr(C)]
struct RawEncoder([u8; 0]);

/// `OpusDecoder`, which only C looks into.
#[repr(C)]
struct RawDecoder([u8; 0]);

/// `OPUS_OK`.
const OK: c_int = 0;
/// `OPUS_APPLICATION_AUDIO`: what is decoded is to be as what was encoded.
const AUDIO: c_int = 2049;
const CHANNELS: c_int = 1;

unsafe extern "C" {
    fn opus_encoder_create(
        rate: i32,
        channels: c_int,
        application: c_int,
        error: *mut c_int,
    ) -> *mut RawEncoder;
    fn opus_encode_float(
        state: *mut RawEncoder,
        samples: *const f32,
        count: c_int,
        packet: *mut u8,
        most: i32,
    ) -> i32;
    fn opus_encoder_destroy(state: *mut RawEncoder);
    fn opus_decoder_create(rate: i32, channels: c_int, error: *mut c_int) -> *mut RawDecoder;
    fn opus_decode_float(
        state: *mut RawDecoder,
        packet: *const u8,
        bytes: i32,
        samples: *mut f32,
        count: c_int,
        fec: c_int,
    ) -> c_int;
    fn opus_decoder_destroy(state: *mut RawDecoder);
    fn opus_strerror(error: c_int) -> *const c_char;
    fn opus_get_version_string() -> *const c_char;
}

/// A text of libopus's own.
///
/// # Safety
/// It is null or ends in a zero, and stays for ever.
unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

fn refused(step: &'static str, error: c_int) -> OpusError {
    // SAFETY: the texts are constants of libopus, also for an error that it does not know.
    OpusError { step, reason: unsafe { text(opus_strerror(error)) } }
}

/// The count that libopus answers, or the error that it is if it is negative.
fn count(step: &'static str, answer: c_int) -> Result<usize, OpusError> {
    usize::try_from(answer).map_err(|_| refused(step, answer))
}

/// What libopus takes for a length; nothing here comes near to the most.
fn length(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

pub fn version() -> String {
    // SAFETY: the text is a constant of libopus.
    unsafe { text(opus_get_version_string()) }
}

/// An `OpusEncoder`.
#[derive(Debug)]
pub struct Encoding(NonNull<RawEncoder>);

// SAFETY: libopus keeps nothing outside of the state, which one thread at a time has.
unsafe impl Send for Encoding {}

impl Encoding {
    pub fn new(rate: i32) -> Result<Self, OpusError> {
        let mut error = OK;
        // SAFETY: `error` is written before the call returns.
        let state = unsafe { opus_encoder_create(rate, CHANNELS, AUDIO, &raw mut error) };
        NonNull::new(state).map(Self).ok_or_else(|| refused("make an encoder", error))
    }

    /// Encodes samples of one channel, and answers how many bytes of `packet` that took.
    pub fn encode(&mut self, samples: &[f32], packet: &mut [u8]) -> Result<usize, OpusError> {
        let (given, most) = (length(samples.len()), length(packet.len()));
        // SAFETY: the state lives, and both slices are as long as is said.
        let answer =
            unsafe { opus_encode_float(self.0.as_ptr(), samples.as_ptr(), given, packet.as_mut_ptr(), most) };
        count("encode", answer)
    }
}

impl Drop for Encoding {
    fn drop(&mut self) {
        // SAFETY: nobody else has the state, and this is its end.
        unsafe { opus_encoder_destroy(self.0.as_ptr()) }
    }
}

/// An `OpusDecoder`.
#[derive(Debug)]
pub struct Decoding(NonNull<RawDecoder>);

// SAFETY: libopus keeps nothing outside of the state, which one thread at a time has.
unsafe impl Send for Decoding {}

impl Decoding {
    pub fn new(rate: i32) -> Result<Self, OpusError> {
        let mut error = OK;
        // SAFETY: `error` is written before the call returns.
        let state = unsafe { opus_decoder_create(rate, CHANNELS, &raw mut error) };
        NonNull::new(state).map(Self).ok_or_else(|| refused("make a decoder", error))
    }

    /// Decodes a packet, or makes up for a lost one where it is empty, and answers how many of `samples` that gave.
    pub fn decode(&mut self, packet: &[u8], samples: &mut [f32]) -> Result<usize, OpusError> {
        let data = if packet.is_empty() { ptr::null() } else { packet.as_ptr() };
        let (given, most) = (length(packet.len()), length(samples.len()));
        // SAFETY: the state lives, and both slices are as long as is said; a null packet is a lost one.
        let answer =
            unsafe { opus_decode_float(self.0.as_ptr(), data, given, samples.as_mut_ptr(), most, 0) };
        count("decode", answer)
    }
}

impl Drop for Decoding {
    fn drop(&mut self) {
        // SAFETY: nobody else has the state, and this is its end.
        unsafe { opus_decoder_destroy(self.0.as_ptr()) }
    }
}
