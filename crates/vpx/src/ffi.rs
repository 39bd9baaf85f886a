//! The declarations of `shim.h`, and what makes them safe to use: a codec that is freed once, and errors as values.

use std::{
    ffi::{CStr, c_char, c_int},
    ptr::{self, NonNull},
};

use crate::error::VpxError;

/// `struct tincan_vpx`, which only C looks into.
#[repr(C)]
struct Opaque([u8; 0]);

/// `struct tincan_vpx_settings`.
#[repr(C)]
pub struct Settings {
    pub codec: u32,
    pub width: u32,
    pub height: u32,
    pub clock_rate: u32,
    pub kilobits: u32,
    pub most_between_key_frames: u32,
    pub speed: i32,
}

/// `struct tincan_vpx_frame`.
#[repr(C)]
pub struct Frame {
    pub data: *const u8,
    pub size: usize,
    pub key: i32,
}

/// `struct tincan_vpx_picture`.
#[repr(C)]
pub struct Picture {
    pub planes: [*const u8; 3],
    pub strides: [usize; 3],
    pub width: usize,
    pub height: usize,
}

/// `struct tincan_vpx_error`.
#[repr(C)]
struct Reason([c_char; 256]);

unsafe extern "C" {
    fn tincan_vpx_encoder(settings: &Settings, made: &mut *mut Opaque, error: &mut Reason) -> c_int;
    fn tincan_vpx_encode(
        codec: *mut Opaque,
        samples: *const u8,
        timestamp: i64,
        duration: u32,
        force_key: c_int,
        frame: &mut Frame,
        error: &mut Reason,
    ) -> c_int;
    fn tincan_vpx_decoder(codec: u32, made: &mut *mut Opaque, error: &mut Reason) -> c_int;
    fn tincan_vpx_decode(
        codec: *mut Opaque,
        data: *const u8,
        size: usize,
        picture: &mut Picture,
        error: &mut Reason,
    ) -> c_int;
    fn tincan_vpx_free(codec: *mut Opaque);
    fn tincan_vpx_version() -> *const c_char;
}

/// A codec that was started, and is freed with this value.
pub struct Handle(NonNull<Opaque>);

// SAFETY: a codec holds no state of the thread that made it, and is used through `&mut` only.
unsafe impl Send for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the codec was made by the shim, and is not used after this.
        unsafe { tincan_vpx_free(self.0.as_ptr()) };
    }
}

impl Handle {
    pub fn encoder(settings: &Settings) -> Result<Self, VpxError> {
        // SAFETY: the shim reads the settings during the call and writes to what it was lent.
        Self::made("start an encoder", |made, reason| unsafe { tincan_vpx_encoder(settings, made, reason) })
    }

    pub fn decoder(codec: u32) -> Result<Self, VpxError> {
        // SAFETY: the shim writes to what it was lent.
        Self::made("start a decoder", |made, reason| unsafe { tincan_vpx_decoder(codec, made, reason) })
    }

    fn made(
        step: &'static str,
        make: impl FnOnce(&mut *mut Opaque, &mut Reason) -> c_int,
    ) -> Result<Self, VpxError> {
        let mut made = ptr::null_mut();
        checked(step, |reason| make(&mut made, reason))?;
        let null = || VpxError::Refused { step, reason: "it answered nothing".to_owned() };
        NonNull::new(made).map(Self).ok_or_else(null)
    }

    /// Encodes `samples`, which the caller knows to be an I420 picture of the encoder's size.
    ///
    /// # Safety
    /// This was made by [`Self::encoder`], and `samples` is as long as a picture of the size that it was given.
    pub unsafe fn encode(
        &mut self,
        samples: &[u8],
        timestamp: i64,
        duration: u32,
        force_key: bool,
    ) -> Result<Frame, VpxError> {
        let (codec, samples) = (self.0.as_ptr(), samples.as_ptr());
        let mut frame = Frame { data: ptr::null(), size: 0, key: 0 };
        // SAFETY: the caller's promise; the shim reads the samples during the call only.
        checked("encode a picture", |reason| unsafe {
            tincan_vpx_encode(codec, samples, timestamp, duration, force_key.into(), &mut frame, reason)
        })?;
        Ok(frame)
    }

    /// Decodes `data`.
    ///
    /// # Safety
    /// This was made by [`Self::decoder`].
    pub unsafe fn decode(&mut self, data: &[u8]) -> Result<Picture, VpxError> {
        let codec = self.0.as_ptr();
        let mut picture = Picture { planes: [ptr::null(); 3], strides: [0; 3], width: 0, height: 0 };
        // SAFETY: the caller's promise; `data` holds that many bytes, which are read during the call only.
        checked("decode a frame", |reason| unsafe {
            tincan_vpx_decode(codec, data.as_ptr(), data.len(), &mut picture, reason)
        })?;
        Ok(picture)
    }
}

/// The version of libvpx that is loaded.
pub fn version() -> String {
    // SAFETY: libvpx answers static, terminated text.
    unsafe { CStr::from_ptr(tincan_vpx_version()) }.to_string_lossy().into_owned()
}

/// Makes a call of the shim, and its refusal an error.
fn checked(step: &'static str, call: impl FnOnce(&mut Reason) -> c_int) -> Result<(), VpxError> {
    let mut reason = Reason([0; 256]);
    if call(&mut reason) == 0 {
        return Ok(());
    }
    // SAFETY: the shim terminates what it writes, and what it does not write is zero.
    let reason = unsafe { CStr::from_ptr(reason.0.as_ptr()) };
    Err(VpxError::Refused { step, reason: reason.to_string_lossy().into_owned() })
}
