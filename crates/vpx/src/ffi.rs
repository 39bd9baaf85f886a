//! The declarations of `shim.h`, and what makes them safe to use: a codec that is freed once, and errors as values.

use std::{
    ffi::{CStr, c_char, c_int},
    ptr::{self, NonNull},
};

use crate::error::VpxError;

/// `struct tincan_codec`, which only C looks into.
#[repr(C)]
struct Opaque([u8; 0]);

/// `struct tincan_codec_settings`.
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

/// `struct tincan_codec_frame`.
#[repr(C)]
pub struct Frame {
    pub data: *const u8,
    pub size: usize,
    pub key: i32,
}

/// `struct tincan_codec_picture`.
#[repr(C)]
pub struct Picture {
    pub planes: [*const u8; 3],
    pub strides: [usize; 3],
    pub width: usize,
    pub height: usize,
}

/// `struct tincan_codec_error`.
#[repr(C)]
struct Reason([c_char; 256]);

/// The functions of one library, as `TINCAN_LIBRARY` in `shim.h` declares them.
pub struct Library {
    /// What it is called in errors.
    name: &'static str,
    encoder: unsafe extern "C" fn(&Settings, &mut *mut Opaque, &mut Reason) -> c_int,
    encode: unsafe extern "C" fn(*mut Opaque, *const u8, i64, u32, c_int, &mut Frame, &mut Reason) -> c_int,
    decoder: unsafe extern "C" fn(u32, &mut *mut Opaque, &mut Reason) -> c_int,
    decode: unsafe extern "C" fn(*mut Opaque, *const u8, usize, &mut Picture, &mut Reason) -> c_int,
    free: unsafe extern "C" fn(*mut Opaque),
    version: unsafe extern "C" fn() -> *const c_char,
}

macro_rules! library {
    ($library:ident, $name:literal: $encoder:ident, $encode:ident, $decoder:ident, $decode:ident, $free:ident, $version:ident) => {
        #[doc = $name]
        pub static $library: Library = {
            unsafe extern "C" {
                fn $encoder(settings: &Settings, made: &mut *mut Opaque, error: &mut Reason) -> c_int;
                fn $encode(
                    codec: *mut Opaque,
                    samples: *const u8,
                    timestamp: i64,
                    duration: u32,
                    force_key: c_int,
                    frame: &mut Frame,
                    error: &mut Reason,
                ) -> c_int;
                fn $decoder(codec: u32, made: &mut *mut Opaque, error: &mut Reason) -> c_int;
                fn $decode(
                    codec: *mut Opaque,
                    data: *const u8,
                    size: usize,
                    picture: &mut Picture,
                    error: &mut Reason,
                ) -> c_int;
                fn $free(codec: *mut Opaque);
                fn $version() -> *const c_char;
            }
            Library {
                name: $name,
                encoder: $encoder,
                encode: $encode,
                decoder: $decoder,
                decode: $decode,
                free: $free,
                version: $version,
            }
        };
    };
}

library!(VPX, "libvpx": tincan_vpx_encoder, tincan_vpx_encode, tincan_vpx_decoder, tincan_vpx_decode, tincan_vpx_free, tincan_vpx_version);
#[cfg(has_aom)]
library!(AOM, "libaom": tincan_aom_encoder, tincan_aom_encode, tincan_aom_decoder, tincan_aom_decode, tincan_aom_free, tincan_aom_version);
#[cfg(has_openh264)]
library!(OPENH264, "OpenH264": tincan_openh264_encoder, tincan_openh264_encode, tincan_openh264_decoder, tincan_openh264_decode, tincan_openh264_free, tincan_openh264_version);

/// A codec that was started, and is freed with this value.
pub struct Handle {
    library: &'static Library,
    codec: NonNull<Opaque>,
}

// SAFETY: a codec holds no state of the thread that made it, and is used through `&mut` only.
unsafe impl Send for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the codec was made by this library, and is not used after this.
        unsafe { (self.library.free)(self.codec.as_ptr()) };
    }
}

impl Library {
    pub fn start_encoder(&'static self, settings: &Settings) -> Result<Handle, VpxError> {
        // SAFETY: the library reads the settings during the call and writes to what it was lent.
        self.made("start an encoder", |made, reason| unsafe { (self.encoder)(settings, made, reason) })
    }

    pub fn start_decoder(&'static self, codec: u32) -> Result<Handle, VpxError> {
        // SAFETY: the library writes to what it was lent.
        self.made("start a decoder", |made, reason| unsafe { (self.decoder)(codec, made, reason) })
    }

    fn made(
        &'static self,
        step: &'static str,
        make: impl FnOnce(&mut *mut Opaque, &mut Reason) -> c_int,
    ) -> Result<Handle, VpxError> {
        let mut made = ptr::null_mut();
        self.checked(step, |reason| make(&mut made, reason))?;
        let (library, reason) = (self.name, "it answered nothing".to_owned());
        let codec = NonNull::new(made).ok_or(VpxError::Refused { library, step, reason })?;
        Ok(Handle { library: self, codec })
    }

    /// The version of it that is loaded.
    pub fn version(&self) -> String {
        // SAFETY: it answers static, terminated text.
        unsafe { CStr::from_ptr((self.version)()) }.to_string_lossy().into_owned()
    }

    /// Makes a call of the shim, and its refusal an error.
    fn checked(&self, step: &'static str, call: impl FnOnce(&mut Reason) -> c_int) -> Result<(), VpxError> {
        let mut reason = Reason([0; 256]);
        if call(&mut reason) == 0 {
            return Ok(());
        }
        // SAFETY: the shim terminates what it writes, and what it does not write is zero.
        let reason = unsafe { CStr::from_ptr(reason.0.as_ptr()) };
        Err(VpxError::Refused { library: self.name, step, reason: reason.to_string_lossy().into_owned() })
    }
}

impl Handle {
    /// Encodes `samples`, which the caller knows to be an I420 picture of the encoder's size.
    ///
    /// # Safety
    /// This was made by [`Library::start_encoder`], and `samples` is as long as a picture of the size that it was given.
    pub unsafe fn encode(
        &mut self,
        samples: &[u8],
        timestamp: i64,
        duration: u32,
        force_key: bool,
    ) -> Result<Frame, VpxError> {
        let (library, codec, samples) = (self.library, self.codec.as_ptr(), samples.as_ptr());
        let mut frame = Frame { data: ptr::null(), size: 0, key: 0 };
        // SAFETY: the caller's promise; the library reads the samples during the call only.
        library.checked("encode a picture", |reason| unsafe {
            (library.encode)(codec, samples, timestamp, duration, force_key.into(), &mut frame, reason)
        })?;
        Ok(frame)
    }

    /// Decodes `data`.
    ///
    /// # Safety
    /// This was made by [`Library::start_decoder`].
    pub unsafe fn decode(&mut self, data: &[u8]) -> Result<Picture, VpxError> {
        let (library, codec) = (self.library, self.codec.as_ptr());
        let mut picture = Picture { planes: [ptr::null(); 3], strides: [0; 3], width: 0, height: 0 };
        // SAFETY: the caller's promise; `data` holds that many bytes, which are read during the call only.
        library.checked("decode a frame", |reason| unsafe {
            (library.decode)(codec, data.as_ptr(), data.len(), &mut picture, reason)
        })?;
        Ok(picture)
    }
}
